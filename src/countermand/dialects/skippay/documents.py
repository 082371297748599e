"""Files that partners attach, and how they are shown: a name and a URL.

A file sent as a URL is shown under that URL. One sent as base64 text is shown as a data URL that holds it, since there is no
file server; the vendor shows one that lives for an hour.
"""

from .requests import DocumentRequest


def file_shown(file: str, name: str) -> dict[str, str]:
    """`FileResponse`. The name is the last step of a URL, at most 100 characters, or the one given."""
    if not file.startswith(("http://", "https://")):
        return {"filename": name, "url": f"data:application/octet-stream;base64,{file}"}
    last = file.partition("?")[0].rstrip("/").rpartition("/")[2]
    return {"filename": last[:100] or name, "url": file}


def document_shown(document: DocumentRequest) -> dict[str, object]:
    """`DocumentResponse`."""
    shown: dict[str, object] = {"type": document.type, "file": file_shown(document.file, document.type.lower())}
    if document.description is not None:
        shown["description"] = document.description
    if document.extra_data is not None and document.extra_data.variable_symbol is not None:
        shown["extraData"] = {"variableSymbol": document.extra_data.variable_symbol}
    return shown
