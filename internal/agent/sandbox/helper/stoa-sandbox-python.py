# The warmed interpreter of class "process": imports what programs usually import, then serves forks of itself. It never
# runs user code and must never draw a random number: what it knows, every guest knows.
import _io
import _thread
import atexit
import builtins
import gc
import importlib.machinery
import os
import sys

# Every page that a guest writes to is copied, and with reference counts looking is writing: so what happens in each guest
# touches as few objects as it can.


def warm(names):
    for name in names:
        try:
            __import__(name)
        except ImportError:
            pass
    # A dry run: the compiler's and the formatter's tables are built once, here.
    exec(compile("class A:\n  def f(self): return [f'{x:.2f}' for x in range(3)]\ntry: A().g()\nexcept AttributeError as e: repr(e)\n", "main.py", "exec", dont_inherit=True), {})
    if "traceback" in sys.modules:
        "\n".join(sys.modules["traceback"].format_exception(ValueError, ValueError("x"), None))


def load():
    loader = importlib.machinery.ExtensionFileLoader("_stoa", "/stoa/stoa-sandbox-python.so")
    module = loader.create_module(importlib.machinery.ModuleSpec("_stoa", loader, origin=loader.path))
    loader.exec_module(module)
    sys.modules.pop("_stoa", None)
    return module


def hush():
    """Takes out the fork hooks that a zygote does not need: those which only make locks anew, for it has one thread and
    holds none. They cost more than all else in a guest. Returns a hook that, at the program's own first fork, has all
    hooks be as they were."""
    random = sys.modules.get("random")
    lock = getattr(sys.modules.get("logging"), "_lock", None)
    probes = {"before": lambda: None, "after_in_parent": lambda: None, "after_in_child": lambda: None}
    os.register_at_fork(**probes)
    found = []
    for probe in probes.values():  # the interpreter's own lists, which it shows to nobody
        lists = [l for l in gc.get_referrers(probe) if type(l) is list and l[-1] is probe]
        if len(lists) != 1:
            return None
        found.append(lists[0])
    for l in found:
        l.pop()

    def needless(hook):
        return getattr(hook, "__module__", None) in ("threading", "logging") or lock is not None and getattr(hook, "__self__", hook) is lock

    saved = []
    for l in found:
        hooks = l[:]
        l[:] = [h for h in hooks if not needless(h)]
        for i, h in enumerate(l):
            if random and h == random._inst.seed:  # the same seeding, without the detour through Python
                l[i] = super(random.Random, random._inst).seed
        saved.append((l, hooks, len(l)))
    before, hooks, _ = saved[0]

    def restore():
        before.remove(restore)
        for l, old, kept in saved:
            l[:kept] = old
        for hook in reversed(hooks):
            if needless(hook):
                hook()

    return lambda: before.append(restore)


def main_module(path):
    """What the program will be, but for its code."""
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None, __annotations__={})
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
    sys.modules["__main__"] = main


def run(path, names):
    """Runs the program; returns its exit code."""
    hidden = 1  # our own frames, which a traceback shall not show
    try:
        code = compile(_io.FileIO(path).readall(), path, "exec", dont_inherit=True)
        exec(code, names)
        return 0
    except SystemExit as e:
        return code_of(e)
    except BaseException as e:
        kind, trace = type(e), e.__traceback__
        for _ in range(hidden):
            trace = trace.tb_next if trace is not None else None
        e.__traceback__ = trace
        try:
            sys.excepthook(kind, e, trace)
        except SystemExit as other:
            return code_of(other)
        except BaseException as other:
            sys.__excepthook__(type(other), other, other.__traceback__)
        if kind is KeyboardInterrupt:
            import signal

            flush()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        return 1


def code_of(e):
    if e.code is None:
        return 0
    if isinstance(e.code, int):
        return e.code & 0xFF
    flush()
    print(e.code, file=sys.stderr)
    return 1


def flush():
    ok = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except Exception:
            ok = False
    return ok


def finish(code, logging):
    """What the interpreter does at its end, less the freeing of memory."""
    threading = sys.modules.get("threading")
    if threading and (_thread._count() or threading._threading_atexits):  # or else there is nobody to wait for
        try:
            threading._shutdown()
        except BaseException:
            sys.excepthook(*sys.exc_info())
    try:
        atexit._run_exitfuncs()
    except SystemExit as e:
        code = code_of(e)
    except BaseException:
        pass
    if logging and len(logging._handlerList) > 1:  # more than the one of last resort
        logging.shutdown()
    flush()
    # The warmed interpreter's objects are frozen, so these are the program's own.
    for o in gc.get_objects():
        try:
            if isinstance(o, _io._IOBase) and not o.closed and o.writable():
                o.flush()
        except BaseException:
            pass
    # In the interpreter's order: private names, then the others; their finalizers run.
    names = sys.modules["__main__"].__dict__ if "__main__" in sys.modules else {}
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and (name[:1] == "_" and name[1:2] != "_") == private and name[:2] != "__":
                names[name] = None
    gc.collect()
    return code if flush() or code else 120


def serve():
    stoa = load()
    warm(sys.argv[2].split(","))
    unhush = hush()
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):  # else it has no place for the program's folder
        sys.path[0] = "/box"
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    del sys.modules["__main__"]
    path = "/box/" + sys.argv[1]
    main_module(path)
    logging = sys.modules.get("logging")
    if logging:
        atexit.unregister(logging.shutdown)  # finish calls it
    gc.collect()
    gc.freeze()
    arguments, environment = stoa.serve()
    # From here on this is a guest, pid 2 of its cell.
    if unhush:
        unhush()
    for item in environment:
        name, _, value = item.partition(b"=")
        os.environb[name] = value
    sys.argv = arguments
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [sys.executable, "-u"] + sys.orig_argv[1:-3] + sys.argv  # with what options there were
    code = run(path, sys.modules["__main__"].__dict__)
    stoa.done(finish(code, logging))


serve()
