package io.zigma.diffusion;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which of a process's steps a sampler visits (Nichol and Dhariwal 2021, section 4; official {@code
 * space_timesteps}).
 *
 * @param text {@code 250} for that many, evenly spread with both ends among them; {@code ddim50}
 *     for as many with a whole stride from 0 on (Song et al. 2021); {@code 10,15,20} for as many in
 *     each of so many equal parts, the one nearest to the data first
 */
public record Respacing(String text) {

    private static final String STRIDE = "ddim";

    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if it names no positive numbers of steps
     */
    public Respacing {
        text = text.strip();
        sections(text);
    }

    /**
     * Visits some steps, evenly spread.
     *
     * @param steps how many
     * @return the respacing
     */
    public static Respacing even(int steps) {
        return new Respacing(Integer.toString(steps));
    }

    /**
     * Visits some steps at a whole stride.
     *
     * @param steps how many
     * @return the respacing
     */
    public static Respacing stride(int steps) {
        return new Respacing(STRIDE + steps);
    }

    /**
     * Returns how many steps are visited.
     *
     * @return at least 1
     */
    public int count() {
        return Arrays.stream(sections(text)).sum();
    }

    /**
     * Returns the steps that are visited.
     *
     * @param total how many there are
     * @return rising, each from 0 to {@code total} − 1
     * @throws IllegalArgumentException if there are too few, or no whole stride gives as many
     */
    public int[] indices(int total) {
        int[] sections = sections(text);
        if (text.startsWith(STRIDE)) {
            return strided(sections[0], total);
        }
        int[] indices = new int[count()];
        int filled = 0;
        int start = 0;
        for (int i = 0; i < sections.length; i++) {
            int size = total / sections.length + (i < total % sections.length ? 1 : 0);
            int count = sections[i];
            if (size < count) {
                throw new IllegalArgumentException(
                        "of %s steps no %s can be visited; ask for fewer".formatted(size, count));
            }
            double stride = count <= 1 ? 1 : (double) (size - 1) / (count - 1);
            double place = 0;
            for (int k = 0; k < count; k++) {
                // summed up and rounded half to even as the official code does, so that the same
                // steps come out
                indices[filled++] = start + (int) Math.rint(place);
                place += stride;
            }
            start += size;
        }
        return indices;
    }

    private static int[] strided(int count, int total) {
        for (int stride = 1; stride < total; stride++) {
            if ((total + stride - 1) / stride == count) {
                int step = stride;
                return IntStream.range(0, count).map(i -> i * step).toArray();
            }
        }
        throw new IllegalArgumentException(
                "no whole stride visits exactly %s of %s steps".formatted(count, total));
    }

    private static int[] sections(String text) {
        String numbers = text.startsWith(STRIDE) ? text.substring(STRIDE.length()) : text;
        try {
            int[] sections =
                    Arrays.stream(numbers.split(",", -1))
                            .map(String::strip)
                            .mapToInt(Integer::parseInt)
                            .toArray();
            if (Arrays.stream(sections).allMatch(count -> count > 0)
                    && (sections.length == 1 || !text.startsWith(STRIDE))) {
                return sections;
            }
        } catch (NumberFormatException e) {
            // refused below, like anything else that is no number of steps
        }
        throw new IllegalArgumentException(
                "steps are visited as '250', 'ddim50' or '10,15,20', not as '%s'".formatted(text));
    }
}
