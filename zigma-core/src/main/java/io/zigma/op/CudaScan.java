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
import io.zigma.op.cuda.ScanDivision;
import io.zigma.op.cuda.ScanSegmentSpec;
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
            Built built = Built.forward(at, sizes, operands.softplus(), device);
            if (built == null) {
                return null;
            }
            return scan(operands, at, sizes, built, tape, device);
        }
    }

    private static NDArray scan(
            ScanOperands operands,
            Places at,
            Sizes sizes,
            Built built,
            @Nullable GradientTape tape,
            CudaDevice device) {
        ScanDivision division = built.division;
        NDArray u = operands.u();
        long order = device.order(operands.path(), u);
        NDArray y = DeviceArrays.empty(u, at.u.type(), u.getShape());
        NDArray checkpoints =
                tape == null
                        ? null
                        : floats(
                                u,
                                sizes.sequences,
                                division.tuning().tiles(sizes.length),
                                sizes.channels,
                                sizes.states);
        try (Ends ends = Ends.empty(u, sizes, division)) {
            if (built.ends != null) {
                built.ends
                        .launch()
                        .array(at.u)
                        .array(at.delta)
                        .array(null)
                        .array(at.a)
                        .array(at.b)
                        .array(at.dtBias)
                        .number(order)
                        .result(ends.states)
                        .result(ends.deltas)
                        .number(at.u.rowStride())
                        .number(at.delta.rowStride())
                        .number(0)
                        .number(at.b.rowStride())
                        .integer(sizes.length)
                        .integer(sizes.channels)
                        .integer(division.segmentTiles())
                        .on(built.blocks, sizes.sequences, division.segments() - 1L);
            }
            at.into(built.scan.launch())
                    .number(order)
                    .result(ends.states)
                    .result(ends.deltas)
                    .result(y)
                    .result(checkpoints)
                    .number(at.u.rowStride())
                    .number(at.delta.rowStride())
                    .number(at.gate == null ? 0 : at.gate.rowStride())
                    .number(at.b.rowStride())
                    .number(at.c.rowStride())
                    .integer(sizes.length)
                    .integer(sizes.channels)
                    .integer(division.segmentTiles())
                    .on(built.blocks, sizes.sequences, division.segments());
        }
        return tape == null || checkpoints == null
                ? y
                : recorded(operands, y, checkpoints, tape, device);
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
        try (Operands here = new Operands()) {
            Places at = Objects.requireNonNull(Places.of(operands, here));
            DeviceArray ofY = here.contiguous(gradient);
            Built built =
                    KernelFailure.require(
                            Built.backward(at.and(ofY), sizes, operands.softplus(), device),
                            "scan_backward");
            return backward(operands, at, sizes, built, checkpoints, gradient, ofY, device);
        }
    }

    private static List<@Nullable NDArray> backward(
            ScanOperands operands,
            Places at,
            Sizes sizes,
            Built built,
            NDArray checkpoints,
            NDArray gradient,
            DeviceArray ofY,
            CudaDevice device) {
        ScanDivision division = built.division;
        long blocks = built.blocks;
        long parts = sizes.sequences * division.segments();
        long order = device.order(operands.path(), operands.u());
        try (Ends ends = Ends.empty(gradient, sizes, division)) {
            if (built.ends != null) {
                built.ends
                        .launch()
                        .array(ofY)
                        .array(at.delta)
                        .array(at.gate)
                        .array(at.a)
                        .array(at.c)
                        .array(at.dtBias)
                        .number(order)
                        .result(ends.states)
                        .result(ends.deltas)
                        .number(ofY.rowStride())
                        .number(at.delta.rowStride())
                        .number(at.gate == null ? 0 : at.gate.rowStride())
                        .number(at.c.rowStride())
                        .integer(sizes.length)
                        .integer(sizes.channels)
                        .integer(division.segmentTiles())
                        .on(blocks, sizes.sequences, division.segments() - 1L);
            }
            Shape tokens = operands.u().getShape();
            ElementType type = at.u.type();
            NDArray ofU = DeviceArrays.empty(gradient, type, tokens);
            NDArray ofDelta = DeviceArrays.empty(gradient, type, tokens);
            NDArray ofGate = at.gate == null ? null : DeviceArrays.empty(gradient, type, tokens);
            NDArray aParts = floats(gradient, parts, sizes.channels, sizes.states);
            NDArray bParts = floats(gradient, blocks, sizes.sequences, sizes.length, sizes.states);
            NDArray cParts = floats(gradient, blocks, sizes.sequences, sizes.length, sizes.states);
            NDArray dParts = at.d == null ? null : floats(gradient, parts, sizes.channels);
            NDArray biasParts = at.dtBias == null ? null : floats(gradient, parts, sizes.channels);
            at.into(built.scan.launch())
                    .number(order)
                    .result(ends.states)
                    .result(ends.deltas)
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
                    .integer(division.segmentTiles())
                    .on(blocks, sizes.sequences, division.segments());
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

    /** What the first pass finds of all segments but one; nulls where there is only one. */
    private record Ends(@Nullable NDArray states, @Nullable NDArray deltas)
            implements AutoCloseable {

        static Ends empty(NDArray like, Sizes sizes, ScanDivision division) {
            if (!division.segmented()) {
                return new Ends(null, null);
            }
            long inner = division.segments() - 1L;
            return new Ends(
                    floats(like, inner, sizes.sequences, sizes.channels, sizes.states),
                    floats(like, inner, sizes.sequences, sizes.channels));
        }

        /** Gives the memory back; the engine keeps it for what the stream has queued. */
        @Override
        public void close() {
            if (states != null && deltas != null) {
                states.close();
                deltas.close();
            }
        }
    }

    /**
     * The kernels of a scan.
     *
     * @param ends that of the first pass; null where sequences are not divided
     * @param blocks along the channels
     */
    private record Built(
            ScanDivision division, CudaFunction scan, @Nullable CudaFunction ends, long blocks) {

        /** Returns null where they cannot be had. */
        static @Nullable Built forward(
                Places at, Sizes sizes, boolean softplus, CudaDevice device) {
            ScanDivision wanted =
                    ScanDivision.forward(
                            sizes.sequences, sizes.length, sizes.channels, sizes.states);
            ScanTuning whole = ScanTuning.forward(sizes.sequences, sizes.channels, sizes.states);
            return of(false, at, sizes, softplus, wanted, whole, device);
        }

        /** Returns null where they cannot be had. */
        static @Nullable Built backward(
                Places at, Sizes sizes, boolean softplus, CudaDevice device) {
            ScanDivision wanted =
                    ScanDivision.backward(
                            sizes.sequences, sizes.length, sizes.channels, sizes.states);
            ScanTuning whole = ScanTuning.backward(sizes.sequences, sizes.channels, sizes.states);
            return of(true, at, sizes, softplus, wanted, whole, device);
        }

        private static @Nullable Built of(
                boolean backward,
                Places at,
                Sizes sizes,
                boolean softplus,
                ScanDivision wanted,
                ScanTuning whole,
                CudaDevice device) {
            int ofStates = at.vectorOfStates(sizes);
            CudaFunction ends =
                    wanted.segmented()
                            ? device.function(
                                    new ScanSegmentSpec(
                                            backward,
                                            at.u.type(),
                                            sizes.states,
                                            softplus,
                                            wanted.tuning(),
                                            at.vector(sizes, wanted.tuning()),
                                            ofStates))
                            : null;
            // without the first pass there is still the scan of whole sequences
            ScanDivision division = ends == null ? ScanDivision.whole(whole, sizes.length) : wanted;
            ScanTuning tuning = division.tuning();
            CudaFunction scan =
                    device.function(
                            new ScanSpec(
                                    backward ? "scan_backward" : "scan_forward",
                                    at.u.type(),
                                    sizes.states,
                                    softplus,
                                    tuning,
                                    at.vector(sizes, tuning),
                                    ofStates,
                                    division.segmented()));
            return scan == null
                    ? null
                    : new Built(
                            division, scan, ends, Grids.pieces(sizes.channels, tuning.channels()));
        }
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

        /** Returns how many channels one access reads. */
        int vector(Sizes sizes, ScanTuning tuning) {
            int together = Math.min(vector, tuning.mostVector());
            while (sizes.channels % together != 0) {
                together /= 2;
            }
            return together;
        }

        /** Returns how many states of B and C one access reads. */
        int vectorOfStates(Sizes sizes) {
            int together = c.vector(b.vector(4));
            while (sizes.states % together != 0) {
                together /= 2;
            }
            return together;
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
