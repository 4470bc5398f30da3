package io.zigma.cli;

/** What the process tells its caller. */
enum ExitStatus {
    /** Everything asked for is done. */
    DONE(0),
    /** The request was understood but could not be carried out. */
    FAILED(1),
    /** The command line was wrong; nothing was done. */
    WRONG_USAGE(2);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** Returns the status as the operating system gets it. */
    int code() {
        return code;
    }
}
