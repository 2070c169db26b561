// One import for embedders: everything public of every floor.
@_exported import Carriers
@_exported import ETS
@_exported import Heaps
@_exported import Processes
@_exported import Terms
