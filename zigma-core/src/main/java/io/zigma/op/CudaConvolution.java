package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cuda.ConvolutionSpec;
import io.zigma.op.cuda.CudaDevice;
import io.zigma.op.cuda.CudaFunction;
import io.zigma.op.cuda.DeviceArray;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import io.zigma.op.cuda.Grids;
import io.zigma.op.cuda.Operands;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The causal convolution with SiLU by a GPU's kernels. Its input may be a slice. */
final class CudaConvolution {

    /** Blocks that keep a device busy while each sums for itself. */
    private static final long BUSY = 1056;

    private CudaConvolution() {}

    /** Convolves; null where the kernels do not support the operands. */
    static @Nullable NDArray apply(
            List<@Nullable NDArray> operands,
            ScanPath path,
            @Nullable GradientTape tape,
            CudaDevice device) {
        NDArray x = Objects.requireNonNull(operands.get(0));
        NDArray weight = Objects.requireNonNull(operands.get(1));
        NDArray bias = operands.get(2);
        Shape tokens = x.getShape();
        long length = tokens.get(1);
        long channels = tokens.get(2);
        int width = Math.toIntExact(weight.getShape().get(2));
        if (width > ConvolutionSpec.MOST_WIDTH
                || tokens.get(0) > Grids.MOST
                || tokens.size() / channels > Integer.MAX_VALUE
                || !CudaTypes.values(x)
                || !CudaTypes.floats(weight, bias)) {
            return null;
        }
        try (Operands here = new Operands()) {
            DeviceArray xs = here.rows(x);
            ConvolutionSpec spec = spec("convolution_forward", xs, width, tokens);
            CudaFunction kernel = device.function(spec);
            if (kernel == null) {
                return null;
            }
            NDArray y = DeviceArrays.empty(x, xs.type(), tokens);
            kernel.launch()
                    .array(xs)
                    .array(here.contiguous(weight))
                    .array(here.contiguousIfPresent(bias))
                    .number(device.order(path, x))
                    .result(y)
                    .number(xs.rowStride())
                    .integer(length)
                    .integer(channels)
                    .on(
                            Grids.pieces(channels, spec.channelsOfBlock()),
                            Grids.pieces(length, spec.stepsOfBlock()),
                            tokens.get(0));
            return tape == null
                    ? y
                    : tape.cut(
                            y,
                            operands,
                            List.of(),
                            (roots, gradient) -> backward(roots, path, gradient, device));
        }
    }

    private static List<@Nullable NDArray> backward(
            List<@Nullable NDArray> operands, ScanPath path, NDArray gradient, CudaDevice device) {
        NDArray x = Objects.requireNonNull(operands.get(0));
        NDArray weight = Objects.requireNonNull(operands.get(1));
        NDArray bias = operands.get(2);
        Shape tokens = x.getShape();
        long sequences = tokens.get(0);
        long length = tokens.get(1);
        long channels = tokens.get(2);
        int width = Math.toIntExact(weight.getShape().get(2));
        try (Operands here = new Operands()) {
            DeviceArray xs = here.rows(x);
            DeviceArray ofY = here.contiguous(gradient);
            DeviceArray narrowest = ofY.vector(8) < xs.vector(8) ? ofY : xs;
            ConvolutionSpec spec = spec("convolution_backward", narrowest, width, tokens);
            CudaFunction kernel =
                    KernelFailure.require(device.function(spec), "convolution_backward");
            long blocks = Grids.pieces(channels, spec.channelsOfBlock());
            long parts =
                    Grids.parts(
                            Grids.pieces(length, spec.stepsOfBlock()) * sequences, blocks, BUSY);
            NDArray ofX = DeviceArrays.empty(gradient, xs.type(), tokens);
            NDArray weightParts =
                    DeviceArrays.empty(
                            gradient, ElementType.FLOAT32, new Shape(parts, channels, 1, width));
            NDArray biasParts =
                    bias == null
                            ? null
                            : DeviceArrays.empty(
                                    gradient, ElementType.FLOAT32, new Shape(parts, channels));
            kernel.launch()
                    .array(xs)
                    .array(here.contiguous(weight))
                    .array(here.contiguousIfPresent(bias))
                    .number(device.order(path, x))
                    .array(ofY)
                    .result(ofX)
                    .result(weightParts)
                    .result(biasParts)
                    .number(xs.rowStride())
                    .integer(sequences)
                    .integer(length)
                    .integer(channels)
                    .on(blocks, parts, 1);
            return Arrays.asList(ofX, Parts.sum(weightParts), Parts.sumIfPresent(biasParts));
        }
    }

    private static ConvolutionSpec spec(String function, DeviceArray x, int width, Shape tokens) {
        long channels = tokens.get(2);
        int vector = x.vector(ConvolutionSpec.mostVector(width));
        while (channels % vector != 0) {
            vector /= 2;
        }
        return ConvolutionSpec.of(
                function, x.type(), width, vector, tokens.get(0) * tokens.get(1), channels);
    }
}
