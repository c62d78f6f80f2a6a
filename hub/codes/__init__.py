"""Code maps: a feed's local codes and the standard's, as CSV files that a site writes; what no map knows is asked."""

from hub.codes.files import FEEDS_OWN, Entry, MapFile, read_map, write_map
from hub.codes.maps import checked, codes_for, codes_of, map_files

__all__ = [
    "FEEDS_OWN",
    "Entry",
    "MapFile",
    "checked",
    "codes_for",
    "codes_of",
    "map_files",
    "read_map",
    "write_map",
]
