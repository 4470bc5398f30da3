package io.zigma.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Sets variables that native libraries read from the process's environment, of which Java has only
 * a copy.
 */
final class ProcessEnvironment {

    private ProcessEnvironment() {}

    /** The C library's functions that change the environment: POSIX's, and that of Windows. */
    private interface CLibrary extends Library {

        int setenv(String name, String value, int overwrite);

        @SuppressWarnings("checkstyle:MethodName")
        int _putenv_s(String name, String value);

        String getenv(String name);
    }

    private static CLibrary library() {
        return Native.load(Platform.isWindows() ? "ucrtbase" : "c", CLibrary.class);
    }

    /**
     * Sets a variable.
     *
     * @param name its name
     * @param value its new value
     * @return false if the system's C library cannot be reached
     */
    static boolean set(String name, String value) {
        try {
            CLibrary library = library();
            int failed =
                    Platform.isWindows()
                            ? library._putenv_s(name, value)
                            : library.setenv(name, value, 1);
            return failed == 0;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    /** Returns a variable as native libraries see it, empty where there is none. */
    static String get(String name) {
        String value = library().getenv(name);
        return value == null ? "" : value;
    }
}
