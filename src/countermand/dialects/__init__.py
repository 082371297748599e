"""One folder per vendor: its wire language as pure codecs, its lifecycle as tables, its sandbox world.

`contract` says what a folder must export, `catalog` finds the folders, `wire` holds what every codec needs. A folder
imports these three and `countermand.model`, nothing else of ours, and no other folder.
"""
