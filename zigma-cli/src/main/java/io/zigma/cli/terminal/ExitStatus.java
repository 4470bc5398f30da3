package io.zigma.cli.terminal;

/** The exit status of the process. */
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
