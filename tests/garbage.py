"""Functions that no check and no diagnosis may trip over."""


def endless(*_):
    while True:
        pass


def recursing(*a):
    return recursing(*a)


def leaving(*_):
    raise SystemExit
