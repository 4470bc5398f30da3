package io.zigma.cli.terminal;

/** What the process tells its caller. */
public enum ExitStatus {
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
    public int code() {
        return code;
    }
}
