"""Records in Parquet: one file per kind of record, zstd, readable by DuckDB, pandas and Spark.

The column types follow from the record's own types, so a field that is added to a record is added
to the file: text is `string`, a nested record a `struct`, a tuple a `list`, a dict a `map`.
"""

import types
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

BATCH = 500  # records held at once: about 5 MB of articles at the 10 kB that ours have
PLAIN: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}
Record = TypeVar("Record", bound=Struct)


def write(path: Path, kind: type[Record], records: Iterable[Record]) -> int:
    """Write the records, in batches; returns how many. The file is complete only on return."""
    schema = schema_of(kind)
    count = 0
    source = iter(records)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(source, BATCH)):
            rows = [msgspec.to_builtins(record) for record in batch]
            writer.write_table(pa.Table.from_pylist(rows, schema))
            count += len(batch)
    return count


def read(path: Path, kind: type[Record]) -> Iterator[Record]:
    """The records of a file, in batches. Raises ValueError that names a file it cannot read,
    FileNotFoundError where there is none.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist(maps_as_pydicts="strict"):
                    yield msgspec.convert(row, kind)
    except FileNotFoundError:
        raise
    # OSError: what pyarrow says of a page that does not unpack. ValueError: text that is no UTF-8,
    # a record that is not `kind`'s. KeyError: a map with one key twice.
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ValueError(f"{path}: not a readable table of {kind.__name__}: {error}") from error


def schema_of(kind: type[Struct]) -> pa.Schema:
    """The columns of a table of such records."""
    hints = get_type_hints(kind)
    return pa.schema([(name, _arrow(hints[name])) for name in kind.__struct_fields__])


def _arrow(hint: Any) -> pa.DataType:
    """The Arrow type of a record's field."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin in (Union, types.UnionType):  # every column may be null
        return _arrow(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return pa.list_(_arrow(args[0]))
    if origin is dict:
        return pa.map_(_arrow(args[0]), _arrow(args[1]))
    if isinstance(hint, type) and issubclass(hint, Struct):
        return pa.struct(list(schema_of(hint)))
    raise TypeError(f"no Parquet column for {hint}")
