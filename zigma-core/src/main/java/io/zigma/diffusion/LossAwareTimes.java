package io.zigma.diffusion;

import io.zigma.base.Setting;
import java.util.Arrays;
import java.util.List;

/**
 * Steps with large losses are sampled more often, with a smaller weight: p_t ∝ √E[L_t²], with the
 * losses that each step had last (Nichol and Dhariwal 2021, section 3.3; official {@code
 * LossSecondMomentResampler}). Until every step has had as many, all steps are equally likely.
 *
 * @param history how many losses of each step are stored, at least 1
 * @param uniform the fraction of samples that is uniform all the same, in (0, 1]
 */
public record LossAwareTimes(int history, double uniform) implements TimeSampling {

    private static final Setting HISTORY =
            Setting.whole("history", "how many losses of each step are stored", 10, 1, 1000);
    private static final Setting UNIFORM =
            Setting.number("uniform", "the fraction of samples that is uniform", 0.001, 1e-6, 1);

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "loss-aware",
                    "steps with large losses more often, for processes with steps",
                    List.of(HISTORY, UNIFORM),
                    values -> new LossAwareTimes(values.whole(HISTORY), values.number(UNIFORM)));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if no loss is stored or the uniform fraction is outside (0,
     *     1]
     */
    public LossAwareTimes {
        if (history < 1 || !(uniform > 0 && uniform <= 1)) {
            throw new IllegalArgumentException(
                    "loss-aware times need a history of at least 1 loss and a uniform fraction above 0 and at most 1, not %s and %s"
                            .formatted(history, uniform));
        }
    }

    @Override
    public TimeSampler over(DiffusionProcess process) {
        if (process.trainingSteps() == 0) {
            throw new IllegalArgumentException(
                    "loss-aware times need a process with steps, such as ddpm; %s has none"
                            .formatted(process.kind().name()));
        }
        return new Sampler(process.trainingSteps(), history, uniform);
    }

    /** Stores the last losses of each step, in the order in which they came. */
    static final class Sampler implements TimeSampler {

        private final double[][] losses; // (steps, history), the oldest first
        private final int[] counts;
        private final double uniform;

        Sampler(int steps, int history, double uniform) {
            this.losses = new double[steps][history];
            this.counts = new int[steps];
            this.uniform = uniform;
        }

        @Override
        public Sample sample(double random, double normal) {
            double[] chances = chances();
            double sum = 0;
            int step = chances.length - 1;
            for (int i = 0; i < chances.length; i++) {
                sum += chances[i];
                if (random < sum) {
                    step = i;
                    break;
                }
            }
            return new Sample(step, 1 / (chances.length * chances[step]));
        }

        @Override
        public void observe(double[] t, double[] observed) {
            for (int i = 0; i < t.length; i++) {
                int step = (int) t[i];
                double[] last = losses[step];
                if (counts[step] == last.length) {
                    System.arraycopy(last, 1, last, 0, last.length - 1);
                    last[last.length - 1] = observed[i];
                } else {
                    last[counts[step]++] = observed[i];
                }
            }
        }

        /** The unnormalised probability of each step: 1 as long as some have too few losses. */
        double[] weights() {
            double[] weights = new double[losses.length];
            if (Arrays.stream(counts).anyMatch(count -> count < losses[0].length)) {
                Arrays.fill(weights, 1);
                return weights;
            }
            for (int i = 0; i < weights.length; i++) {
                double squares = Arrays.stream(losses[i]).map(loss -> loss * loss).sum();
                weights[i] = Math.sqrt(squares / losses[i].length);
            }
            double sum = Arrays.stream(weights).sum();
            for (int i = 0; i < weights.length; i++) {
                weights[i] = weights[i] / sum * (1 - uniform) + uniform / weights.length;
            }
            return weights;
        }

        private double[] chances() {
            double[] chances = weights();
            double sum = Arrays.stream(chances).sum();
            for (int i = 0; i < chances.length; i++) {
                chances[i] /= sum;
            }
            return chances;
        }

        /** Counts, then all losses step by step. */
        @Override
        public double[] state() {
            int history = losses[0].length;
            double[] state = new double[counts.length * (1 + history)];
            for (int i = 0; i < counts.length; i++) {
                state[i] = counts[i];
                System.arraycopy(losses[i], 0, state, counts.length + i * history, history);
            }
            return state;
        }

        @Override
        public void restore(double[] state) {
            int history = losses[0].length;
            if (state.length != counts.length * (1 + history)) {
                throw new IllegalArgumentException(
                        "%s steps with %s losses each have a state of %s numbers, not %s"
                                .formatted(
                                        counts.length,
                                        history,
                                        counts.length * (1 + history),
                                        state.length));
            }
            for (int i = 0; i < counts.length; i++) {
                counts[i] = (int) state[i];
                System.arraycopy(state, counts.length + i * history, losses[i], 0, history);
            }
        }
    }
}
