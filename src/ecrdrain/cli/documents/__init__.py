"""The JSON documents of the commands.

Each table lists the fields of a document; the documentation is made from the same tables.
"""
