package io.zigma.op.cuda;

import java.util.List;

/**
 * x + gate · y, forward or backward.
 *
 * @param function {@code gated_sum_forward} or {@code gated_sum_backward}
 * @param type of x, y and the result
 * @param vector numbers that one access reads
 * @param apart from one sequence's gate to the next's, in numbers
 */
public record GatedSumSpec(String function, ElementType type, int vector, long apart)
        implements KernelSpec {

    private static final int ROWS = 8;
    private static final int EACH = 4;

    /**
     * Returns how many numbers of a token a block has.
     *
     * @return a multiple of 32
     */
    public int sizeOfBlock() {
        return 32 * vector;
    }

    /**
     * Returns how many tokens a block has at a time.
     *
     * @return those of its threads
     */
    public int tokensOfBlock() {
        return ROWS * EACH;
    }

    @Override
    public List<String> macros() {
        return List.of(
                Macros.of(type),
                "VECTOR=" + vector,
                "ROWS=" + ROWS,
                "EACH=" + EACH,
                "APART=%sLL".formatted(apart));
    }

    @Override
    public int threads() {
        return 32 * ROWS;
    }
}
