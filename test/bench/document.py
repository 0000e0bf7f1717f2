def write(d): pass
