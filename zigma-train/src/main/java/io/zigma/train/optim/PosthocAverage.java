package io.zigma.train.optim;

import java.util.List;

/**
 * Averages of any length out of snapshots of two averages, after training (Karras et al. 2024,
 * section 3.2 and algorithm 3): the sum of snapshots whose profile comes nearest, in the least
 * squares, to the wanted one.
 */
public final class PosthocAverage {

    private PosthocAverage() {}

    /**
     * An average at some time.
     *
     * @param step steps it was taken over, at least 1
     * @param profile its profile
     */
    public record Point(long step, PowerProfile profile) {

        /**
         * Checks the step.
         *
         * @throws IllegalArgumentException if there was none
         */
        public Point {
            if (step < 1) {
                throw new IllegalArgumentException(
                        "an average is taken over at least 1 step, not " + step);
            }
        }
    }

    /**
     * Returns how much of each snapshot goes into an average.
     *
     * @param snapshots all different, none later than the wanted time
     * @param wanted what they are to make
     * @return one factor for each snapshot; their sum is 1
     * @throws IllegalArgumentException if there is no snapshot, two are the same or one is later
     */
    public static double[] coefficients(List<Point> snapshots, Point wanted) {
        if (snapshots.isEmpty()) {
            throw new IllegalArgumentException("there is no snapshot to make an average of");
        }
        int count = snapshots.size();
        double[][] system = new double[count][count + 1];
        double[] gammas = snapshots.stream().mapToDouble(s -> s.profile().gamma()).toArray();
        double gamma = wanted.profile().gamma();
        for (int i = 0; i < count; i++) {
            Point snapshot = snapshots.get(i);
            if (snapshot.step() > wanted.step()) {
                throw new IllegalArgumentException(
                        "the snapshot of step %s is later than step %s"
                                .formatted(snapshot.step(), wanted.step()));
            }
            for (int j = 0; j < count; j++) {
                system[i][j] =
                        correlation(snapshot.step(), gammas[i], snapshots.get(j).step(), gammas[j]);
            }
            system[i][count] = correlation(snapshot.step(), gammas[i], wanted.step(), gamma);
        }
        double[] factors = solved(system);
        double sum = 0;
        for (double factor : factors) {
            sum += factor;
        }
        for (int i = 0; i < count; i++) {
            factors[i] /= sum;
        }
        return factors;
    }

    /**
     * The inner product of two profiles (equation 151): (γ₁ + 1)(γ₂ + 1)·(t₁/t₂)^(γ₂ or −γ₁) / ((γ₁
     * + γ₂ + 1)·max(t₁, t₂)), the exponent being γ₂ where t₁ is the earlier one.
     */
    static double correlation(double t1, double gamma1, double t2, double gamma2) {
        double exponent = t1 < t2 ? gamma2 : -gamma1;
        return (gamma1 + 1)
                * (gamma2 + 1)
                * Math.pow(t1 / t2, exponent)
                / ((gamma1 + gamma2 + 1) * Math.max(t1, t2));
    }

    /** Solves a system whose last column is the right side, by elimination with pivots. */
    private static double[] solved(double[][] system) {
        int count = system.length;
        for (int column = 0; column < count; column++) {
            int pivot = column;
            for (int row = column + 1; row < count; row++) {
                if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) {
                    pivot = row;
                }
            }
            double[] first = system[pivot];
            system[pivot] = system[column];
            system[column] = first;
            if (first[column] == 0) {
                throw new IllegalArgumentException("two of the snapshots are the same average");
            }
            for (int row = column + 1; row < count; row++) {
                double factor = system[row][column] / first[column];
                for (int i = column; i <= count; i++) {
                    system[row][i] -= factor * first[i];
                }
            }
        }
        double[] x = new double[count];
        for (int row = count - 1; row >= 0; row--) {
            double sum = system[row][count];
            for (int i = row + 1; i < count; i++) {
                sum -= system[row][i] * x[i];
            }
            x[row] = sum / system[row][row];
        }
        return x;
    }
}
