"""NumPy's functions, called by packages, on arrays that the program handed to them.

Where Numloom's part in NumPy's protocols has no answer, as for the ufuncs of other
packages, NumPy computes on copies.
"""

import sys

from .. import _core, _protocols
from ._fallback import call_numpy, from_numpy, is_refusal


class Dispatch:
    """Answers for Numloom's arrays in NumPy's protocols.

    Args:
        note: Called with the name of each function that is left to NumPy.
        is_user_file: Tells whether a file name is that of the program's source.
    """

    def __init__(self, note, is_user_file):
        self._note = note
        self._is_user_file = is_user_file

    def install(self):
        """Takes the place of Numloom's answers, which it asks first."""

        def array_function(array, func, types, args, kwargs):
            def ask():
                return _protocols.array_function(array, func, types, args, kwargs)

            caller = sys._getframe(1)
            return self._answer(ask, func, func.__name__, args, kwargs, caller)

        def array_ufunc(args, kwargs):
            ufunc, method, *inputs = args
            function = getattr(ufunc, method)
            name = ufunc.__name__ + (f".{method}" if method != "__call__" else "")
            caller = sys._getframe(1)

            def ask():
                return _protocols.array_ufunc(args, kwargs)

            return self._answer(ask, function, name, inputs, kwargs or {}, caller)

        _core.ndarray.__array_function__ = array_function
        _core.set_hook("array_ufunc", array_ufunc)

    def _answer(self, ask, function, name, args, kwargs, caller):
        """Numloom's answer, or NumPy's: in Numloom's arrays if the program asked."""
        try:
            result = ask()
        except (NotImplementedError, TypeError) as error:
            if not is_refusal(error):
                raise
            result = NotImplemented
        if result is not NotImplemented:
            return result
        self._note(name)
        result = call_numpy(function, args, kwargs)
        if self._is_user_file(caller.f_code.co_filename):
            return from_numpy(result)
        return result
