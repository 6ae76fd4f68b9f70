"""The reading room: what the reading commands show, in the browser.

It only reads, asks no other host for anything, and takes all that it shows for hostile:

    guard      who may ask, and what a browser may do with an answer
    display    how text of strangers becomes markup
    room       the archive as the pages see it, and what is worked out once for all
    app        the addresses, and how trouble is told
    pages …    one module for each kind of page, one template each
    report     one trail as a file that stands alone
"""
