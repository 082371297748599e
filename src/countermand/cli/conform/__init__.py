"""`countermand conform`: do a server's answers agree with the conformance cases?

In reading order: `command` (the options), `casefile` (a file becomes frozen values), `runner` (cases become requests),
`matching` (answers become differences), `report` (differences become lines).  Below them: `wire` (sockets), `patterns`
(an expectation, parsed), `reading` (errors that say where), `jsonvalues` (what equal means).
"""
