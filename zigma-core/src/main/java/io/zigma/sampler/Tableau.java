package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * The Butcher tableau of an explicit Runge–Kutta method.
 *
 * <p>Stage i is f at t + nodes[i]·h and x + h·Σ stages[i][j]·k_j; the step is x + h·Σ
 * weights[i]·k_i.
 */
final class Tableau {

    private final int order;
    private final double[] nodes;
    private final double[][] stages;
    private final double[] weights;

    Tableau(int order, double[] nodes, double[][] stages, double[] weights) {
        this.order = order;
        this.nodes = nodes;
        this.stages = stages;
        this.weights = weights;
    }

    /** The error of a solution falls with the step size to this power. */
    int order() {
        return order;
    }

    int stageCount() {
        return nodes.length;
    }

    /** Evaluates stage i given those before it. */
    NDArray stage(int i, OdeSolver.Field field, NDArray x, double t, double h, List<NDArray> k) {
        try (NDArray at = advance(x, h, stages[i], k)) {
            return field.at(at, t + nodes[i] * h);
        }
    }

    /** Takes the step given all stages. */
    NDArray step(NDArray x, double h, List<NDArray> k) {
        return advance(x, h, weights, k);
    }

    /** Returns x + h·Σ weights[j]·k_j, a new array on x's manager. */
    static NDArray advance(NDArray x, double h, double[] weights, List<NDArray> k) {
        NDArray sum = x.duplicate();
        for (int j = 0; j < weights.length; j++) {
            if (weights[j] != 0) {
                try (NDArray term = k.get(j).mul(h * weights[j])) {
                    sum.addi(term);
                }
            }
        }
        return sum;
    }
}
