package io.zigma.convert;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names of modules that come with Python, PyTorch and NumPy: of these a pickle may only refer
 * to what {@link PickleGlobal} lists, since a file that refers to more of them is an attack.
 *
 * <p>No safety depends on this list: whatever a pickle refers to, nothing of it is ever executed.
 */
final class PythonLibrary {

    /** Modules of Python 2.7 to 3.13, those without a leading underscore. */
    private static final Set<String> MODULES =
            Arrays.stream(
                            """
                            abc aifc antigravity anydbm argparse array ast asynchat asyncio asyncore
                            atexit audioop base64 bdb binascii binhex bisect builtins bz2 calendar ce
                            cgi cgitb chunk cmath cmd code codecs codeop collections colorsys commands
                            compileall compiler concurrent ConfigParser configparser contextlib
                            contextvars copy copy_reg copyreg cPickle cProfile crypt cStringIO csv
                            ctypes curses dataclasses datetime dbhash dbm decimal difflib dis distutils
                            dl doctest dummy_threading email encodings ensurepip enum errno exceptions
                            execfile faulthandler fcntl filecmp fileinput fnmatch formatter fractions
                            ftplib functools gc genericpath getopt getpass gettext glob graphlib grp
                            gzip hashlib heapq hmac html htmllib http httplib idlelib imaplib imghdr
                            imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache
                            locale logging lzma macpath mailbox mailcap marshal math mimetypes mmap
                            modulefinder msilib msvcrt multiprocessing netrc new nis nntplib nt ntpath
                            nturl2path numbers opcode operator optparse os os2 ossaudiodev parser
                            pathlib pdb pickle pickletools pip pipes pkg_resources pkgutil platform
                            plistlib popen2 poplib posix posixpath pprint profile pstats pty pwd
                            py_compile pyclbr pydoc pydoc_data pyexpat Queue queue quopri random re
                            readline reprlib resource rexec rlcompleter runpy sched secrets select
                            selectors sets setuptools sgmllib shelve shlex shutil signal site smtpd
                            smtplib sndhdr socket socketserver SocketServer spwd sqlite3 sre_compile
                            sre_constants sre_parse ssl stat statistics string StringIO stringprep
                            struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny
                            tarfile telnetlib tempfile termios textwrap this thread threading time
                            timeit tkinter Tkinter token tokenize tomllib trace traceback tracemalloc
                            tty turtle turtledemo types typing unicodedata unittest urllib urllib2
                            urlparse UserDict UserList UserString uu uuid venv warnings wave weakref
                            webbrowser whichdb winreg winsound wsgiref xdrlib xml xmlrpc xmlrpclib
                            zipapp zipfile zipimport zlib zoneinfo numpy torch
                            """
                                    .strip()
                                    .split("\\s+"))
                    .collect(Collectors.toUnmodifiableSet());

    private PythonLibrary() {}

    /**
     * Returns whether a module belongs to Python, PyTorch or NumPy, submodules included; {@code
     * __main__} is a user's own program.
     *
     * @param module a dotted name
     */
    static boolean has(String module) {
        String top = module.split("\\.", 2)[0];
        if (module.startsWith("torch.nn.") || module.startsWith("torch.optim.")) {
            // layers, optimisers and schedules: classes that a training program's objects refer to
            return false;
        }
        return top.isEmpty()
                || MODULES.contains(top)
                || top.startsWith("_") && !top.equals("__main__");
    }
}
