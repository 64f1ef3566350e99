"""A library's process, which `bench functions` tells what to run through a pipe."""

import multiprocessing
import sys

import function_measure

# Seconds that one answer may take, and the start of a process beside many others.
ANSWER_LIMIT, START_LIMIT = 20, 60


class Process:
    """Runs function_measure.serve; started again where a row has ended it."""

    def __init__(self, *arguments):
        self.arguments = arguments
        self.start()

    def start(self):
        # A fork of a process with threads may wait for a lock forever.
        context = multiprocessing.get_context("spawn")
        self.pipe, end = context.Pipe()
        self.process = context.Process(
            target=function_measure.serve, args=(end, *self.arguments), daemon=True
        )
        self.process.start()
        end.close()
        answer = self.receive(START_LIMIT)
        if "failure" in answer:
            sys.exit(f"{self.arguments[0]} does not start: {answer['failure']}")
        self.version = answer["version"]

    def send(self, *request):
        if not self.process.is_alive():
            self.start()
        self.pipe.send(request)

    def receive(self, limit=ANSWER_LIMIT):
        """The answer, or what kept it from coming."""
        try:
            if self.pipe.poll(limit):
                return self.pipe.recv()
            failure = f"no answer within {limit} s"
        except (EOFError, ConnectionResetError):
            failure = "the process ended"
        self.kill()
        return {"failure": failure, "ended": True}

    def ask(self, *request):
        self.send(*request)
        return self.receive()

    def kill(self):
        self.process.kill()
        self.process.join()

    def stop(self):
        if self.process.is_alive():
            self.pipe.send(None)
            self.process.join()
