"""A vendor is one folder. What else knows its name would have to be changed for the next vendor too."""

import ast
import re

from tests.shape.source import SRC, modules, texts

#: Our own dialect is no vendor: the house may name it.
NATIVE = "native"


def vendors() -> dict[str, set[str]]:
    """For each vendor's folder, the words that give it away: the folder's name, and the title if that is another."""
    folders = (path.parent.name for path in (SRC / "dialects").glob("*/__init__.py"))
    return {name: {name, *titles(name)} for name in sorted(folders) if name != NATIVE}


def titles(name: str) -> set[str]:
    """The title that the folder's record states, read without running it."""
    keywords = (
        keyword for module in modules(f"src/countermand/dialects/{name}") for keyword in module.nodes(ast.keyword)
    )
    values = (keyword.value for keyword in keywords if keyword.arg == "title")
    return {value.value.lower() for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}


def test_a_vendor_is_named_only_in_its_own_folder():
    """This is what makes a sixth vendor one new folder: no list of vendors exists, in code, SQL, pages or comments."""
    knowing = [
        f"{name} knows about {vendor}"
        for vendor, words in vendors().items()
        for name, text in texts("src")
        if f"/dialects/{vendor}/" not in name
        for word in words
        if re.search(rf"\b{re.escape(word)}\b", f"{name}\n{text}".lower().replace("_", " "))
    ]
    assert knowing == []


def test_every_vendor_says_where_its_knowledge_comes_from():
    """A codec without its source and date can't be checked against the vendor by anybody."""
    assert [vendor for vendor in vendors() if not (SRC / "dialects" / vendor / "README.md").is_file()] == []
