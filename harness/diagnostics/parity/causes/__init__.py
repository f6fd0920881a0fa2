"""What may keep two sides apart, by family. Each function yields its causes where two observations show them.

rows      missing ones, those of nothing, those that stand elsewhere
roles     queries and documents exchanged, or treated alike
wording   what becomes of a text before it is tokens, and the options of a side
length    how far a text is read
numbers   unsteady, shorter or longer, fewer, turned, rounded
residue   what is left that nothing accounts for
"""
