"""Budgets of size. What outgrows one is usually two things; a split is the way out, a higher number is not."""

import ast

from tests.shape.source import Function, Module, dotted, modules, product

FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 400
PARAMETERS_MAX = 5
POSITIONAL_MAX = 4

#: Signatures that somebody else fixed: ASGI calls an application with these three.
ASGI = ("scope", "receive", "send")


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return total
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


def test_a_function_fits_on_one_screen():
    """The longest function is the one that rots first."""
    long = [
        f"{module.at(function)} {function.name}: {length(function)} lines"
        for module in modules("src", "tests", "bench")
        for function in module.functions()
        if length(function) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_a_file_can_be_read_in_one_sitting():
    """A file is one kind of knowledge; at 400 lines it has become two."""
    counts = ((module.name, len(module.text.splitlines())) for module in modules("src", "tests", "bench"))
    assert [f"{name}: {count} lines" for name, count in counts if count > FILE_LINES_MAX] == []


def own_parameters(function: Function) -> tuple[list[str], list[str]]:
    """Positional and keyword-only names, without self and cls, and without those that a framework passes by name."""
    arguments = function.args
    positional = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args) if arg.arg not in {"self", "cls"}]
    return positional, [arg.arg for arg in arguments.kwonlyargs]


def is_fixed_elsewhere(function: Function) -> bool:
    """Whether its parameters are not ours to choose: ASGI, a protocol method of Python, a command line's options."""
    if tuple(own_parameters(function)[0]) == ASGI:
        return True
    if function.name.startswith("__") and function.name != "__init__":
        return True
    decorators = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return any(dotted(decorator).endswith((".option", ".argument")) for decorator in decorators)


def signatures(module: Module) -> list[tuple[str, list[str], list[str]]]:
    ours = (function for function in module.functions() if not is_fixed_elsewhere(function))
    return [(f"{module.at(function)} {function.name}", *own_parameters(function)) for function in ours]


def test_a_function_takes_at_most_five_parameters():
    """A sixth parameter is a value object that nobody has named yet."""
    wide = [
        f"{where}: {len(positional) + len(keywords)} parameters"
        for module in product()
        for where, positional, keywords in signatures(module)
        if len(positional) + len(keywords) > PARAMETERS_MAX
    ]
    assert wide == []


def test_beyond_four_parameters_the_call_says_their_names():
    """More values in a row than `decide(order, command, lifecycle, now)` has can be swapped unseen (record 0006)."""
    unnamed = [
        f"{where}: {', '.join(positional)}"
        for module in product()
        for where, positional, _ in signatures(module)
        if len(positional) > POSITIONAL_MAX
    ]
    assert unnamed == []
