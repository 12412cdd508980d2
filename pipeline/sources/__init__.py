"""Where records come from: PubMed, NLM files, the library on disk, labels, and the bundled collections."""
