package io.zigma.op.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The norm and its modulation, forward or backward.
 *
 * @param backward whether it computes gradients
 * @param type of x and the results
 * @param centred whether the mean is taken out first
 * @param affine backward: whether weight or bias have gradients
 * @param modulated backward: whether the norm is modulated
 * @param vector numbers that one access reads
 * @param team threads of a row
 * @param items accesses of a thread
 * @param apart from one sequence's shift and scale to the next's, in numbers
 */
public record NormSpec(
        boolean backward,
        ElementType type,
        boolean centred,
        boolean affine,
        boolean modulated,
        int vector,
        int team,
        int items,
        long apart)
        implements KernelSpec {

    /** Numbers of a row that a thread keeps in registers. */
    private static final int FORWARD_NUMBERS = 32;

    private static final int BACKWARD_NUMBERS = 16;
    private static final int LEAST_TEAM = 32;
    private static final int MOST_TEAM = 1024;
    private static final int THREADS = 128;

    /** The longest rows D that the kernels take, where one access may read so many numbers. */
    public static final long MOST_SIZE = (long) MOST_TEAM * BACKWARD_NUMBERS;

    /**
     * Chooses a forward norm.
     *
     * @param type of x and the results
     * @param centred whether the mean is taken out first
     * @param vector numbers that one access can read
     * @param size D, at most {@link #MOST_SIZE}
     * @param apart from one sequence's shift and scale to the next's, in numbers
     * @return the kernel
     */
    public static NormSpec forward(
            ElementType type, boolean centred, int vector, long size, long apart) {
        return of(false, type, centred, false, false, vector, size, apart, FORWARD_NUMBERS);
    }

    /**
     * Chooses a backward norm.
     *
     * @param type of x and the results
     * @param centred whether the mean is taken out first
     * @param affine whether weight or bias have gradients
     * @param modulated whether the norm is modulated
     * @param vector numbers that one access can read
     * @param size D, at most {@link #MOST_SIZE}
     * @param apart from one sequence's scale to the next's, in numbers
     * @return the kernel
     */
    public static NormSpec backward(
            ElementType type,
            boolean centred,
            boolean affine,
            boolean modulated,
            int vector,
            long size,
            long apart) {
        return of(true, type, centred, affine, modulated, vector, size, apart, BACKWARD_NUMBERS);
    }

    private static NormSpec of(
            boolean backward,
            ElementType type,
            boolean centred,
            boolean affine,
            boolean modulated,
            int vector,
            long size,
            long apart,
            int numbers) {
        int team = LEAST_TEAM;
        while (team < MOST_TEAM && (long) team * numbers < size) {
            team *= 2;
        }
        int items = Math.toIntExact(Grids.pieces(size, (long) team * vector));
        return new NormSpec(backward, type, centred, affine, modulated, vector, team, items, apart);
    }

    /**
     * Returns how many rows a block has at a time.
     *
     * @return at least 1
     */
    public int teams() {
        return Math.max(1, THREADS / team);
    }

    @Override
    public String function() {
        return backward ? "norm_backward" : "norm_forward";
    }

    @Override
    public List<String> macros() {
        List<String> macros = new ArrayList<>();
        macros.add(Macros.of(type));
        macros.add(Macros.flag("CENTRED", centred));
        if (backward) {
            macros.add(Macros.flag("AFFINE", affine));
            macros.add(Macros.flag("MODULATED", modulated));
        }
        macros.add("VECTOR=" + vector);
        macros.add("TEAM=" + team);
        macros.add("ITEMS=" + items);
        macros.add("TEAMS=" + teams());
        macros.add("APART=%sLL".formatted(apart));
        return macros;
    }

    @Override
    public int threads() {
        return team * teams();
    }
}
