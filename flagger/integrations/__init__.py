"""flagger as a part of other libraries: one module a library, which imports it; nothing of flagger imports these."""
