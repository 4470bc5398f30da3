package io.zigma.op.cuda;

/** How work is divided into blocks. */
public final class Grids {

    /** The most blocks along y and z. */
    public static final long MOST = 65_535;

    private Grids() {}

    /**
     * Divides and rounds up.
     *
     * @param work not negative
     * @param size of a piece, positive
     * @return how many pieces it takes
     */
    public static long pieces(long work, long size) {
        return (work + size - 1) / size;
    }

    /**
     * Divides work whose partial sums are added up afterwards.
     *
     * @param most how many parts there can be
     * @param others how many blocks there are for each part
     * @param wanted how many blocks keep a device busy
     * @return a number of parts from 1 to {@code most}, which depends on the shapes alone: sums are
     *     the same on every device
     */
    public static long parts(long most, long others, long wanted) {
        return Math.max(1, Math.min(Math.min(most, MOST), pieces(wanted, Math.max(1, others))));
    }
}
