package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * The selective scan in plain {@code NDArray} operations, which autograd sees through.
 *
 * <p>A loop over time would take L steps of a few operations each. Instead the sequence is cut into
 * T chunks of Q steps: Q steps scan all chunks at once, each from a zero state; T steps carry the
 * states from chunk to chunk; and what is carried into a chunk is added to its outputs. Only
 * products of decays appear, which are at most 1 where A is negative: nothing is divided, and no
 * exponential of a sum can overflow.
 */
final class SelectiveScanReference {

    /**
     * What a scan leaves.
     *
     * @param y (B, L, E), in raster order
     * @param lastState state after the last step (B, E, N)
     */
    record Result(NDArray y, NDArray lastState) {}

    private final ScanOperands operands;
    private final long batch;
    private final long length;
    private final long channels;
    private final long states;
    private final long steps; // Q
    private final long chunks; // T

    private SelectiveScanReference(ScanOperands operands) {
        this.operands = operands;
        Shape tokens = operands.u().getShape();
        this.batch = tokens.get(0);
        this.length = tokens.get(1);
        this.channels = tokens.get(2);
        this.states = operands.a().getShape().get(1);
        this.steps = Math.max(1, Math.round(Math.sqrt((double) length))); // Q + T is smallest
        this.chunks = (length + steps - 1) / steps;
    }

    /**
     * Scans every sequence of a batch.
     *
     * @param operands what to scan
     * @return y and the last state, both in the manager of u
     */
    static Result apply(ScanOperands operands) {
        Result result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = new SelectiveScanReference(operands).scan();
            NDScope.unregister(result.y(), result.lastState());
        }
        // from here on they are as any other result to the scope around
        NDScope.register(result.y());
        NDScope.register(result.lastState());
        return result;
    }

    private Result scan() {
        NDArray u = TokenOrder.gather(operands.u(), operands.path()); // (B, L, E)
        NDArray delta = TokenOrder.gather(operands.delta(), operands.path());
        if (operands.dtBias() != null) {
            delta = delta.add(operands.dtBias());
        }
        if (operands.softplus()) {
            delta = Activation.softPlus(delta);
        }
        List<NDArray> deltas = byStep(delta, new Shape(batch, chunks, channels, 1));
        List<NDArray> inputs = byStep(delta.mul(u), new Shape(batch, chunks, channels, 1));
        List<NDArray> bs = tokensByStep(operands.b(), new Shape(batch, chunks, 1, states));
        List<NDArray> cs = tokensByStep(operands.c(), new Shape(batch, chunks, states, 1));

        // every chunk from a zero state
        List<NDArray> outputs = new ArrayList<>();
        List<NDArray> decays = new ArrayList<>(); // from before the chunk to the step, inclusive
        NDArray state = null; // (B, T, E, N)
        NDArray decay = null; // (B, T, E, N)
        for (int q = 0; q < steps; q++) {
            NDArray factor = deltas.get(q).mul(operands.a()).exp();
            NDArray drive = inputs.get(q).mul(bs.get(q));
            state = state == null ? drive : factor.mul(state).add(drive);
            decay = decay == null ? factor : decay.mul(factor);
            decays.add(decay);
            outputs.add(read(state, cs.get(q)));
        }

        // from chunk to chunk
        NDList ends = state.split(chunks, 1); // T × (B, 1, E, N)
        NDList products = decay.split(chunks, 1);
        NDList carried = new NDList();
        NDArray carry =
                state.getManager()
                        .zeros(
                                new Shape(batch, 1, channels, states),
                                DataType.FLOAT32,
                                state.getDevice())
                        .toType(state.getDataType(), false);
        for (int t = 0; t < chunks; t++) {
            carried.add(carry);
            carry = products.get(t).mul(carry).add(ends.get(t));
        }
        NDArray before = concat(carried, 1); // (B, T, E, N)

        NDList rows = new NDList();
        for (int q = 0; q < steps; q++) {
            NDArray y = outputs.get(q).add(read(decays.get(q).mul(before), cs.get(q)));
            rows.add(y.reshape(batch, chunks, 1, channels));
        }
        NDArray y =
                concat(rows, 2) // (B, T, Q, E)
                        .reshape(batch, chunks * steps, channels)
                        .get(":, :{}", length); // (B, L, E)
        y = finish(TokenOrder.scatter(y, operands.path()));
        return new Result(y, carry.reshape(batch, channels, states));
    }

    /** Σₙ C·h, (B, T, E, 1), for C by token (B, T, N, 1) or constant (E, N). */
    private static NDArray read(NDArray state, NDArray c) {
        if (c.getShape().dimension() == 2) {
            return state.mul(c).sum(new int[] {3}, true);
        }
        return EachSequence.of(List.of(state, c), parts -> parts.get(0).matMul(parts.get(1)));
    }

    /** DJL copies a single array, which loses its gradient. */
    private static NDArray concat(NDList parts, int axis) {
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, axis);
    }

    /** D and gate, in raster order. */
    private NDArray finish(NDArray y) {
        if (operands.d() != null) {
            y = y.add(operands.u().mul(operands.d()));
        }
        if (operands.gate() != null) {
            y = y.mul(Silu.apply(operands.gate()));
        }
        return y;
    }

    /** B or C at each of the Q steps of all chunks; a constant one is the same at all. */
    private List<NDArray> tokensByStep(NDArray x, Shape shape) {
        if (x.getShape().dimension() == 2) {
            List<NDArray> same = new ArrayList<>();
            for (int q = 0; q < steps; q++) {
                same.add(x);
            }
            return same;
        }
        return byStep(TokenOrder.gather(x, operands.path()), shape);
    }

    /**
     * Splits (B, L, …) into what each of the Q steps of all T chunks reads. Steps that fill the
     * last chunk up are zero, which leaves the state as it is.
     */
    private List<NDArray> byStep(NDArray x, Shape shape) {
        long last = x.getShape().get(2);
        long missing = chunks * steps - length;
        NDArray whole = missing == 0 ? x : x.pad(new Shape(0, 0, 0, missing), 0);
        List<NDArray> parts = new ArrayList<>();
        for (NDArray part : whole.reshape(batch, chunks, steps, last).split(steps, 2)) {
            parts.add(part.reshape(shape));
        }
        return parts;
    }
}
