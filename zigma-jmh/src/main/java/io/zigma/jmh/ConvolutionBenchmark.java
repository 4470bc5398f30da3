package io.zigma.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.CausalConvolution;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** The causal convolution with bias and SiLU. */
public class ConvolutionBenchmark extends OperationBenchmark {

    /** Channels E; 1,536 in ZigMa-B. */
    @Param("1536")
    public int channels;

    /** Taps K. */
    @Param("4")
    public int taps;

    /** Creates the benchmark; JMH does. */
    public ConvolutionBenchmark() {}

    @Override
    List<NDArray> operands(NDManager owner) {
        return List.of(
                tokens(owner, channels),
                owner.randomNormal(new Shape(channels, 1, taps)),
                owner.randomNormal(new Shape(channels)));
    }

    @Override
    NDArray apply(List<NDArray> given, ScanPath along) {
        return CausalConvolution.silu(given.get(0), given.get(1), given.get(2), along);
    }
}
