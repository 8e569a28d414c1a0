"""Terminal: safe text, tables, pager, progress."""
