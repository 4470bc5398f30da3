package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cuda.CudaDevice;
import io.zigma.op.cuda.CudaFunction;
import io.zigma.op.cuda.DeviceArray;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import io.zigma.op.cuda.Grids;
import io.zigma.op.cuda.Operands;
import io.zigma.op.cuda.ScanSpec;
import io.zigma.op.cuda.ScanTuning;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The selective scan by a GPU's kernels. Delta, B, C and the gate may be slices of wider arrays;
 * nothing is copied for that.
 */
final class CudaScan {

    private CudaScan() {}

    /** Scans; null where the kernels do not support the operands. */
    static @Nullable NDArray apply(
            ScanOperands operands, @Nullable GradientTape tape, CudaDevice device) {
        Sizes sizes = Sizes.of(operands);
        if (!operands.selective()
                || sizes.states > ScanSpec.MOST_STATES
                || sizes.states < 1
                || sizes.sequences > Grids.MOST) {
            return null;
        }
        try (Operands here = new Operands()) {
            Places at = Places.of(operands, here);
            if (at == null || !at.addressable(sizes)) {
                return null;
            }
            ScanTuning tuning = ScanTuning.forward(sizes.sequences, sizes.channels, sizes.states);
            CudaFunction kernel =
                    device.function(at.spec("scan_forward", sizes, operands.softplus(), tuning));
            if (kernel == null) {
                return null;
            }
            NDArray u = operands.u();
            NDArray y = DeviceArrays.empty(u, at.u.type(), u.getShape());
            NDArray checkpoints =
                    tape == null
                            ? null
                            : DeviceArrays.empty(
                                    u,
                                    ElementType.FLOAT32,
                                    new Shape(
                                            sizes.sequences,
                                            tuning.tiles(sizes.length),
                                            sizes.channels,
                                            sizes.states));
            at.into(kernel.launch())
                    .number(device.order(operands.path(), u))
                    .result(y)
                    .result(checkpoints)
                    .number(at.u.rowStride())
                    .number(at.delta.rowStride())
                    .number(at.gate == null ? 0 : at.gate.rowStride())
                    .number(at.b.rowStride())
                    .number(at.c.rowStride())
                    .integer(sizes.length)
                    .integer(sizes.channels)
                    .on(Grids.pieces(sizes.channels, tuning.channels()), sizes.sequences, 1);
            return tape == null || checkpoints == null
                    ? y
                    : recorded(operands, y, checkpoints, tape, device);
        }
    }

    private static NDArray recorded(
            ScanOperands operands,
            NDArray y,
            NDArray checkpoints,
            GradientTape tape,
            CudaDevice device) {
        boolean softplus = operands.softplus();
        ScanPath path = operands.path();
        return tape.cut(
                y,
                operands.arrays(),
                List.of(checkpoints),
                (roots, gradient) ->
                        backward(
                                ScanOperands.of(roots, softplus, path),
                                checkpoints,
                                gradient,
                                device));
    }

    private static List<@Nullable NDArray> backward(
            ScanOperands operands, NDArray checkpoints, NDArray gradient, CudaDevice device) {
        Sizes sizes = Sizes.of(operands);
        ScanTuning tuning = ScanTuning.backward(sizes.sequences, sizes.channels, sizes.states);
        long blocks = Grids.pieces(sizes.channels, tuning.channels());
        try (Operands here = new Operands()) {
            Places at = Objects.requireNonNull(Places.of(operands, here));
            DeviceArray ofY = here.contiguous(gradient);
            CudaFunction kernel =
                    KernelFailure.require(
                            device.function(
                                    at.and(ofY)
                                            .spec(
                                                    "scan_backward",
                                                    sizes,
                                                    operands.softplus(),
                                                    tuning)),
                            "scan_backward");
            Shape tokens = operands.u().getShape();
            ElementType type = at.u.type();
            NDArray ofU = DeviceArrays.empty(gradient, type, tokens);
            NDArray ofDelta = DeviceArrays.empty(gradient, type, tokens);
            NDArray ofGate = at.gate == null ? null : DeviceArrays.empty(gradient, type, tokens);
            NDArray aParts = floats(gradient, sizes.sequences, sizes.channels, sizes.states);
            NDArray bParts = floats(gradient, blocks, sizes.sequences, sizes.length, sizes.states);
            NDArray cParts = floats(gradient, blocks, sizes.sequences, sizes.length, sizes.states);
            NDArray dParts =
                    at.d == null ? null : floats(gradient, sizes.sequences, sizes.channels);
            NDArray biasParts =
                    at.dtBias == null ? null : floats(gradient, sizes.sequences, sizes.channels);
            at.into(kernel.launch())
                    .number(device.order(operands.path(), operands.u()))
                    .result(checkpoints)
                    .array(ofY)
                    .result(ofU)
                    .result(ofDelta)
                    .result(ofGate)
                    .result(aParts)
                    .result(bParts)
                    .result(cParts)
                    .result(dParts)
                    .result(biasParts)
                    .number(at.u.rowStride())
                    .number(at.delta.rowStride())
                    .number(at.gate == null ? 0 : at.gate.rowStride())
                    .number(at.b.rowStride())
                    .number(at.c.rowStride())
                    .integer(sizes.length)
                    .integer(sizes.channels)
                    .on(blocks, sizes.sequences, 1);
            return Arrays.asList(
                    ofU,
                    ofDelta,
                    Parts.sum(aParts),
                    Parts.sum(bParts),
                    Parts.sum(cParts),
                    Parts.sumIfPresent(dParts),
                    ofGate,
                    Parts.sumIfPresent(biasParts));
        }
    }

    private static NDArray floats(NDArray like, long... shape) {
        return DeviceArrays.empty(like, ElementType.FLOAT32, new Shape(shape));
    }

    /** B, L, E and N. */
    private record Sizes(long sequences, long length, long channels, int states) {

        static Sizes of(ScanOperands operands) {
            Shape tokens = operands.u().getShape();
            return new Sizes(
                    tokens.get(0),
                    tokens.get(1),
                    tokens.get(2),
                    Math.toIntExact(operands.a().getShape().get(1)));
        }
    }

    /** Where the operands are; {@code vector} numbers of all (B, L, E) can be read at a time. */
    private record Places(
            DeviceArray u,
            DeviceArray delta,
            DeviceArray a,
            DeviceArray b,
            DeviceArray c,
            @Nullable DeviceArray d,
            @Nullable DeviceArray gate,
            @Nullable DeviceArray dtBias,
            int vector) {

        private static final int MOST_VECTOR = 4;

        /** Returns null for types that the kernels do not take. */
        static @Nullable Places of(ScanOperands operands, Operands here) {
            if (!CudaTypes.values(operands.u(), operands.delta(), operands.gate())
                    || !CudaTypes.floats(operands.a(), operands.b(), operands.c())
                    || !CudaTypes.floats(operands.d(), operands.dtBias())) {
                return null;
            }
            DeviceArray u = here.rows(operands.u());
            DeviceArray delta = here.rows(operands.delta());
            DeviceArray gate = here.rowsIfPresent(operands.gate());
            int vector = delta.vector(u.vector(MOST_VECTOR));
            return new Places(
                    u,
                    delta,
                    here.aligned(operands.a()),
                    here.rows(operands.b()),
                    here.rows(operands.c()),
                    here.contiguousIfPresent(operands.d()),
                    gate,
                    here.contiguousIfPresent(operands.dtBias()),
                    gate == null ? vector : gate.vector(vector));
        }

        /** Returns the same together with another array that is read. */
        Places and(DeviceArray other) {
            return new Places(u, delta, a, b, c, d, gate, dtBias, other.vector(vector));
        }

        /** Returns whether a sequence's offsets fit into an int. */
        boolean addressable(Sizes sizes) {
            long stride = Math.max(u.rowStride(), delta.rowStride());
            stride = Math.max(stride, Math.max(b.rowStride(), c.rowStride()));
            stride = Math.max(stride, gate == null ? 0 : gate.rowStride());
            return Math.max(stride, sizes.channels) * sizes.length <= Integer.MAX_VALUE
                    && sizes.channels * sizes.states <= Integer.MAX_VALUE;
        }

        ScanSpec spec(String function, Sizes sizes, boolean softplus, ScanTuning tuning) {
            int together = Math.min(vector, tuning.mostVector());
            while (sizes.channels % together != 0) {
                together /= 2;
            }
            int ofStates = c.vector(b.vector(4));
            while (sizes.states % ofStates != 0) {
                ofStates /= 2;
            }
            return new ScanSpec(
                    function, u.type(), sizes.states, softplus, tuning, together, ofStates);
        }

        /** Adds the operands to a launch, up to the biases. */
        CudaFunction.Launch into(CudaFunction.Launch launch) {
            return launch.array(u)
                    .array(delta)
                    .array(gate)
                    .array(a)
                    .array(b)
                    .array(c)
                    .array(d)
                    .array(dtBias);
        }
    }
}
