"""The kinds of figures, one small file each; the file's name is the word of the format."""
