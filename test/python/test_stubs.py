"""The `.pyi` files, beside what there is at run time."""

import ast
import importlib.resources
import inspect

import pytest

import numloom as nl
from numloom import _core


def read_stub(name):
    text = importlib.resources.files("numloom").joinpath(name).read_text()
    return ast.parse(text).body


def find_class(body, name):
    (found,) = (
        node for node in body if isinstance(node, ast.ClassDef) and node.name == name
    )
    return found.body


def list_functions(body):
    """The functions of a stub that have one signature."""
    return [n for n in body if isinstance(n, ast.FunctionDef) and not n.decorator_list]


def list_parameters(node):
    """Names and kinds, but for the first of a method."""
    arguments = node.args
    kinds = inspect.Parameter
    return [
        *((a.arg, kinds.POSITIONAL_ONLY) for a in arguments.posonlyargs),
        *((a.arg, kinds.POSITIONAL_OR_KEYWORD) for a in arguments.args),
        *((a.arg, kinds.VAR_POSITIONAL) for a in [arguments.vararg] if a),
        *((a.arg, kinds.KEYWORD_ONLY) for a in arguments.kwonlyargs),
        *((a.arg, kinds.VAR_KEYWORD) for a in [arguments.kwarg] if a),
    ]


METHODS = list_functions(find_class(read_stub("_methods.pyi"), "Methods"))
FUNCTIONS = list_functions(read_stub("_core.pyi"))


@pytest.mark.parametrize("node", METHODS, ids=lambda node: node.name)
def test_methods(node):
    method = getattr(nl.ndarray, node.name)
    parameters = inspect.signature(method).parameters.values()
    assert list_parameters(node)[1:] == [(p.name, p.kind) for p in parameters][1:]


@pytest.mark.parametrize("node", FUNCTIONS, ids=lambda node: node.name)
def test_functions_of_the_extension(node):
    parameters = inspect.signature(getattr(_core, node.name)).parameters.values()
    assert list_parameters(node) == [(p.name, p.kind) for p in parameters]


def test_the_extension_has_nothing_else():
    names = {getattr(node, "name", None) for node in read_stub("_core.pyi")}
    there = {name for name in dir(_core) if not name.startswith("_")}
    assert there - names == {"cuda"}
