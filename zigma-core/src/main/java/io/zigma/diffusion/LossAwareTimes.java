package io.zigma.diffusion;

import io.zigma.base.Setting;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Importance sampling of the steps: p_t ∝ √E[L_t²], over the last losses of each step, and the loss
 * weighted by 1/(T p_t) (Nichol and Dhariwal 2021, section 3.3; official {@code
 * LossSecondMomentResampler}). Uniform until every step has its history of losses.
 *
 * @param history how many losses of each step are stored, from 1 to 1000
 * @param uniform the part of the probability that stays uniform, from 10⁻⁶ to 1
 */
public record LossAwareTimes(int history, double uniform) implements TimeSampling {

    private static final int LONGEST_HISTORY = 1000;
    private static final double LEAST_UNIFORM = 1e-6;

    private static final Setting HISTORY =
            Setting.whole("history", "how many losses of each step count", 10, 1, LONGEST_HISTORY);
    private static final Setting UNIFORM =
            Setting.number(
                    "uniform",
                    "the part of the probability that stays uniform",
                    0.001,
                    LEAST_UNIFORM,
                    1);

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "loss-aware",
                    "importance sampling of IDDPM, more of the steps with large losses; for"
                            + " processes with steps",
                    List.of(HISTORY, UNIFORM),
                    values -> new LossAwareTimes(values.whole(HISTORY), values.number(UNIFORM)));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public LossAwareTimes {
        if (history < 1
                || history > LONGEST_HISTORY
                || !(uniform >= LEAST_UNIFORM && uniform <= 1)) {
            throw new IllegalArgumentException(
                    "loss-aware times need a history from 1 to 1000 and a uniform part from 0.000001 to 1, not %s and %s"
                            .formatted(history, uniform));
        }
    }

    @Override
    public TimeSamplingKind kind() {
        return KIND;
    }

    @Override
    public Map<String, Number> settings() {
        Map<String, Number> values = new LinkedHashMap<>();
        values.put(HISTORY.name(), history);
        values.put(UNIFORM.name(), uniform);
        return values;
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

    @Override
    public String toString() {
        return "%s, history %s, uniform %s".formatted(KIND.name(), history, Setting.plain(uniform));
    }

    /** Stores the last losses of each step, in the order in which they came. */
    static final class Sampler implements TimeSampler {

        private final double[][] losses; // (steps, history), the oldest first
        private final int[] counts;
        private final double uniform;
        private double[] probabilities; // (steps), of the losses so far

        Sampler(int steps, int history, double uniform) {
            this.losses = new double[steps][history];
            this.counts = new int[steps];
            this.uniform = uniform;
            this.probabilities = normalized(weights());
        }

        @Override
        public Sample sample(double random, double normal) {
            double sum = 0;
            int step = probabilities.length - 1;
            for (int i = 0; i < probabilities.length; i++) {
                sum += probabilities[i];
                if (random < sum) {
                    step = i;
                    break;
                }
            }
            return new Sample(step, 1 / (probabilities.length * probabilities[step]));
        }

        @Override
        public boolean learns() {
            return true;
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
            probabilities = normalized(weights());
        }

        /** The official {@code weights()}: 1 as long as some steps have too few losses. */
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

        private static double[] normalized(double[] weights) {
            double sum = Arrays.stream(weights).sum();
            return Arrays.stream(weights).map(weight -> weight / sum).toArray();
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
            probabilities = normalized(weights());
        }
    }
}
