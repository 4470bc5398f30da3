package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cuda.CudaDevice;
import io.zigma.op.cuda.CudaFunction;
import io.zigma.op.cuda.DeviceArray;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import io.zigma.op.cuda.Grids;
import io.zigma.op.cuda.NormSpec;
import io.zigma.op.cuda.Operands;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Norms and modulated norms by a GPU's kernels. */
final class CudaNorm {

    /** Blocks that keep a device busy while each sums for itself. */
    private static final long BUSY = 1056;

    private CudaNorm() {}

    /** The norm and the modulated norm, if any; null where the kernels do not support them. */
    static @Nullable List<NDArray> apply(
            NormOperands operands, @Nullable GradientTape tape, CudaDevice device) {
        NDArray x = operands.x();
        Rows rows = Rows.of(operands);
        if (rows.size > NormSpec.MOST_SIZE
                || rows.count > Integer.MAX_VALUE
                || rows.sequences > Grids.MOST
                || !CudaTypes.values(x)
                || !CudaTypes.floats(operands.weight(), operands.bias())
                || !CudaTypes.floats(operands.shift(), operands.scale())) {
            return null;
        }
        try (Operands here = new Operands()) {
            DeviceArray xs = here.contiguous(x);
            Modulation modulation = Modulation.of(operands, here);
            NormSpec spec =
                    NormSpec.forward(
                            xs.type(),
                            operands.centred(),
                            rows.vector(xs.vector(most(xs))),
                            rows.size,
                            modulation.apart(rows.size));
            CudaFunction kernel = device.function(spec);
            if (kernel == null) {
                return null;
            }
            NDArray normed = DeviceArrays.empty(x, xs.type(), x.getShape());
            NDArray modulated =
                    operands.modulated() ? DeviceArrays.empty(x, xs.type(), x.getShape()) : null;
            kernel.launch()
                    .array(xs)
                    .array(here.contiguousIfPresent(operands.weight()))
                    .array(here.contiguousIfPresent(operands.bias()))
                    .array(modulation.shift)
                    .array(modulation.scale)
                    .result(normed)
                    .result(modulated)
                    .real((float) operands.eps())
                    .integer(rows.count)
                    .integer(rows.count / rows.sequences)
                    .integer(rows.size)
                    .on(Grids.pieces(rows.count, spec.teams()), 1, 1);
            List<NDArray> results =
                    modulated == null ? List.of(normed) : List.of(normed, modulated);
            if (tape != null) {
                boolean centred = operands.centred();
                double eps = operands.eps();
                tape.cut(
                        results,
                        operands.arrays(),
                        List.of(),
                        (roots, gradients) ->
                                backward(NormOperands.of(roots, centred, eps), gradients, device));
            }
            return results;
        }
    }

    private static List<@Nullable NDArray> backward(
            NormOperands operands, List<@Nullable NDArray> gradients, CudaDevice device) {
        NDArray owned = gradients.stream().filter(Objects::nonNull).findFirst().orElseThrow();
        NDArray x = operands.x();
        NDArray weight = operands.weight();
        NDArray bias = operands.bias();
        Rows rows = Rows.of(operands);
        boolean modulated = operands.modulated();
        try (Operands here = new Operands()) {
            DeviceArray xs = here.contiguous(x);
            DeviceArray ofNormed = here.contiguousIfPresent(gradients.get(0));
            DeviceArray ofModulated = modulated ? here.contiguousIfPresent(gradients.get(1)) : null;
            Modulation modulation = Modulation.of(operands, here);
            int vector = xs.vector(most(xs));
            vector = ofNormed == null ? vector : ofNormed.vector(vector);
            vector = ofModulated == null ? vector : ofModulated.vector(vector);
            NormSpec spec =
                    NormSpec.backward(
                            xs.type(),
                            operands.centred(),
                            weight != null || bias != null,
                            modulated,
                            rows.vector(vector),
                            rows.size,
                            modulation.apart(rows.size));
            CudaFunction kernel = KernelFailure.require(device.function(spec), "norm_backward");
            long each = rows.count / rows.sequences;
            long parts = Grids.parts(Grids.pieces(each, spec.teams()), rows.sequences, BUSY);
            NDArray ofX = DeviceArrays.empty(owned, xs.type(), x.getShape());
            NDArray weightParts =
                    weight == null ? null : floats(owned, parts * rows.sequences, rows.size);
            NDArray biasParts =
                    bias == null ? null : floats(owned, parts * rows.sequences, rows.size);
            NDArray shiftParts =
                    modulated ? floats(owned, parts, rows.sequences, 1, rows.size) : null;
            NDArray scaleParts =
                    modulated ? floats(owned, parts, rows.sequences, 1, rows.size) : null;
            kernel.launch()
                    .array(xs)
                    .array(here.contiguousIfPresent(weight))
                    .array(here.contiguousIfPresent(bias))
                    .array(modulation.scale)
                    .array(ofNormed)
                    .array(ofModulated)
                    .result(ofX)
                    .result(weightParts)
                    .result(biasParts)
                    .result(shiftParts)
                    .result(scaleParts)
                    .real((float) operands.eps())
                    .integer(rows.count)
                    .integer(each)
                    .integer(rows.size)
                    .on(parts, rows.sequences, 1);
            return Arrays.asList(
                    ofX,
                    Parts.sumIfPresent(weightParts),
                    Parts.sumIfPresent(biasParts),
                    Parts.sumIfPresent(shiftParts),
                    Parts.sumIfPresent(scaleParts));
        }
    }

    /** Shift and scale, which may be slices of what adaLN's regression gives. */
    private record Modulation(@Nullable DeviceArray shift, @Nullable DeviceArray scale) {

        static Modulation of(NormOperands operands, Operands here) {
            DeviceArray shift = here.rowsIfPresent(operands.shift());
            DeviceArray scale = here.rowsIfPresent(operands.scale());
            return shift != null && scale != null && shift.rowStride() != scale.rowStride()
                    ? new Modulation(
                            here.contiguousIfPresent(operands.shift()),
                            here.contiguousIfPresent(operands.scale()))
                    : new Modulation(shift, scale);
        }

        /** Returns how far sequences are apart, D where nothing is modulated. */
        long apart(long size) {
            return scale == null ? size : scale.rowStride();
        }
    }

    private static int most(DeviceArray x) {
        return x.type() == ElementType.FLOAT32 ? 4 : 8; // 16 bytes
    }

    private static NDArray floats(NDArray like, long... shape) {
        return DeviceArrays.empty(like, ElementType.FLOAT32, new Shape(shape));
    }

    /** R rows of D, of so many sequences; a norm alone knows no sequences. */
    private record Rows(long count, long sequences, long size) {

        static Rows of(NormOperands operands) {
            Shape x = operands.x().getShape();
            long size = x.get(x.dimension() - 1);
            return new Rows(x.size() / size, operands.modulated() ? x.get(0) : 1, size);
        }

        /** Returns so many numbers, or fewer where a row is no multiple of them. */
        int vector(int most) {
            int vector = most;
            while (size % vector != 0) {
                vector /= 2;
            }
            return vector;
        }
    }
}
