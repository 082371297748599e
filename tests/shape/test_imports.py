"""The import graph. The layers are import contracts in pyproject.toml; here is what contracts can't say."""

import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp

from tests.shape.source import product

#: The best-layered projects we know have 7 to 9. Counted in imports: a chain of 9 passes through ten modules.
CHAIN_MAX = 9


@cache
def imports() -> dict[str, set[str]]:
    """Which module imports which, TYPE_CHECKING included, tests beside a vendor's code left out."""
    graph = grimp.build_graph("countermand", cache_dir=None)
    shipped = {module for module in graph.modules if not module.rpartition(".")[2].startswith("test_")}
    return {module: graph.find_modules_directly_imported_by(module) & shipped for module in sorted(shipped)}


def package_of(module: str) -> str:
    """The room of a module: `engine`, `store`, or a vendor's folder (`dialects.native`)."""
    words = module.split(".")[1:]
    return ".".join(words[:2]) if words[:1] == ["dialects"] else "".join(words[:1])


def longest_chain() -> list[str]:
    """The longest chain of imports that stays in one room. How rooms stack is the layers' contract."""
    best: dict[str, list[str]] = {}
    for module in TopologicalSorter(imports()).static_order():
        below = (best[imported] for imported in imports()[module] if package_of(imported) == package_of(module))
        best[module] = [module, *max(below, key=len, default=[])]
    return max(best.values(), key=len)


def test_no_two_modules_import_each_other():
    """A cycle hidden under TYPE_CHECKING is still a cycle that a reader walks."""
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        cycle = " -> ".join(reversed(error.args[1]))
        raise AssertionError(cycle) from None


def test_an_import_chain_has_a_length_that_means_something():
    """Past ten links, "this is built on that" stops telling anybody anything."""
    chain = longest_chain()
    assert len(chain) - 1 <= CHAIN_MAX, " -> ".join(chain)


def test_the_model_needs_nothing_but_the_standard_library_and_msgspec():
    """Everything else depends on the model, so whatever it depends on, everything does."""
    strangers = [
        f"{module.at(statement)} imports {name}"
        for module in product()
        if module.package == "model"
        for name, statement in module.imported()
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith((".", "countermand.model", "msgspec"))
    ]
    assert strangers == []
