"""Embedders behind an address: what each module does, in the order in which a request travels.

embedder        the embedder: texts in, vectors out as they come
wording         what stands before a text, and what the request says beside it
tokenizer_file  the model's own tokenizer, where it is on this machine; else tokens are estimated
endpoint        where the service is, and with which key it is asked
terms           whether texts may be sent there, and what that may cost
service         what all requests to one model have in common: puts the modules below together
packing         which texts go into one request
sending         several requests under way at once, none of whose answers is lost
agenda          what is asked next: again, alone, in halves; and which texts are to blame
pace            how fast, and how long to wait after a refusal
spending        what was asked, what it cost, and when the budget is reached
prices          what a million tokens cost (prices.toml)
deadline        how long the whole of an answer may take
openai_client   a request over HTTP, and what its errors mean
refusals        which answers are worth asking again, which say that it was too much, which are final
embeddings      vectors out of an answer
redaction       messages without the key
usage           what it came to, as findings of the run
"""
