package io.zigma.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Modulated;
import io.zigma.op.Normalization;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** RMS norm and modulation; both results are used. */
public class NormBenchmark extends OperationBenchmark {

    private static final double EPSILON = 1e-5;

    /** Channels D; 768 in ZigMa-B. */
    @Param("768")
    public int channels;

    /** Creates the benchmark; JMH does. */
    public NormBenchmark() {}

    @Override
    List<NDArray> operands(NDManager owner) {
        Shape bySequence = new Shape(batch, 1, channels);
        return List.of(
                tokens(owner, channels),
                owner.randomNormal(new Shape(channels)), // weight
                owner.randomNormal(bySequence), // shift
                owner.randomNormal(bySequence)); // scale
    }

    @Override
    NDArray apply(List<NDArray> given, ScanPath along) {
        Modulated both =
                Normalization.modulatedRms(
                        given.get(0), given.get(1), EPSILON, given.get(2), given.get(3));
        try (NDArray norm = both.norm();
                NDArray modulated = both.modulated()) {
            return norm.add(modulated);
        }
    }
}
