package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cuda.CudaDevice;
import io.zigma.op.cuda.CudaFunction;
import io.zigma.op.cuda.DeviceArray;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import io.zigma.op.cuda.GatedSumSpec;
import io.zigma.op.cuda.Grids;
import io.zigma.op.cuda.Operands;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** x + gate · y by a GPU's kernels. */
final class CudaGatedSum {

    /** Blocks that keep a device busy while each sums for itself. */
    private static final long BUSY = 1056;

    private CudaGatedSum() {}

    /** Adds; null where the kernels do not support the operands. */
    static @Nullable NDArray apply(
            NDArray x, NDArray y, NDArray gate, @Nullable GradientTape tape, CudaDevice device) {
        Shape tokens = x.getShape();
        if (tokens.dimension() != 3
                || !y.getShape().equals(tokens)
                || !gate.getShape().equals(new Shape(tokens.get(0), 1, tokens.get(2)))
                || tokens.get(0) > Grids.MOST
                || tokens.get(1) > Grids.MOST
                || !CudaTypes.values(x, y)
                || !CudaTypes.floats(gate)) {
            return null;
        }
        try (Operands here = new Operands()) {
            DeviceArray xs = here.contiguous(x);
            DeviceArray ys = here.contiguous(y);
            DeviceArray gates = here.rows(gate);
            GatedSumSpec spec = spec("gated_sum_forward", xs, ys, gates, tokens);
            CudaFunction kernel = device.function(spec);
            if (kernel == null) {
                return null;
            }
            NDArray result = DeviceArrays.empty(x, xs.type(), tokens);
            kernel.launch()
                    .array(xs)
                    .array(gates)
                    .array(ys)
                    .result(result)
                    .integer(tokens.get(1))
                    .integer(tokens.get(2))
                    .on(
                            Grids.pieces(tokens.get(2), spec.sizeOfBlock()),
                            Grids.pieces(tokens.get(1), spec.tokensOfBlock()),
                            tokens.get(0));
            return tape == null
                    ? result
                    : tape.cut(
                            result,
                            Arrays.asList(x, y, gate),
                            List.of(),
                            (roots, gradient) -> backward(roots, gradient, device));
        }
    }

    private static List<@Nullable NDArray> backward(
            List<@Nullable NDArray> operands, NDArray gradient, CudaDevice device) {
        NDArray y = Objects.requireNonNull(operands.get(1));
        NDArray gate = Objects.requireNonNull(operands.get(2));
        Shape tokens = y.getShape();
        try (Operands here = new Operands()) {
            DeviceArray ys = here.contiguous(y);
            DeviceArray ofResult = here.contiguous(gradient);
            DeviceArray gates = here.rows(gate);
            GatedSumSpec spec = spec("gated_sum_backward", ys, ofResult, gates, tokens);
            CudaFunction kernel =
                    KernelFailure.require(device.function(spec), "gated_sum_backward");
            long blocks = Grids.pieces(tokens.get(2), spec.sizeOfBlock());
            long parts =
                    Grids.parts(
                            Grids.pieces(tokens.get(1), spec.tokensOfBlock()),
                            blocks * tokens.get(0),
                            BUSY);
            NDArray ofY = DeviceArrays.empty(gradient, ys.type(), tokens);
            NDArray gateParts =
                    DeviceArrays.empty(
                            gradient,
                            ElementType.FLOAT32,
                            new Shape(parts, tokens.get(0), 1, tokens.get(2)));
            kernel.launch()
                    .array(gates)
                    .array(ys)
                    .array(ofResult)
                    .result(ofY)
                    .result(gateParts)
                    .integer(tokens.get(1))
                    .integer(tokens.get(2))
                    .on(blocks, parts, tokens.get(0));
            return Arrays.asList(gradient, ofY, Parts.sum(gateParts));
        }
    }

    private static GatedSumSpec spec(
            String function, DeviceArray one, DeviceArray other, DeviceArray gates, Shape tokens) {
        int vector = other.vector(one.vector(one.type() == ElementType.FLOAT32 ? 4 : 8));
        while (tokens.get(2) % vector != 0) {
            vector /= 2;
        }
        return new GatedSumSpec(function, one.type(), vector, gates.rowStride());
    }
}
