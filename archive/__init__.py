"""Raw pages in, records out, kept safely: readers, the raw store, the record store, export."""
