package io.zigma.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.SelectiveScan;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** The selective scan with skip, gate and bias. */
public class ScanBenchmark extends OperationBenchmark {

    /** Channels E; 1,536 in ZigMa-B. */
    @Param("1536")
    public int channels;

    /** States N of a channel. */
    @Param("16")
    public int states;

    /** Creates the benchmark; JMH does. */
    public ScanBenchmark() {}

    @Override
    List<NDArray> operands(NDManager owner) {
        Shape byChannel = new Shape(channels);
        return List.of(
                tokens(owner, channels), // u
                tokens(owner, channels), // delta
                owner.randomUniform(-states, -1, new Shape(channels, states)), // A
                tokens(owner, states), // B
                tokens(owner, states), // C
                owner.randomNormal(byChannel), // skip
                tokens(owner, channels), // gate
                owner.randomNormal(byChannel)); // bias
    }

    @Override
    NDArray apply(List<NDArray> given, ScanPath along) {
        return SelectiveScan.apply(
                given.get(0),
                given.get(1),
                given.get(2),
                given.get(3),
                given.get(4),
                given.get(5),
                given.get(6),
                given.get(7),
                along);
    }
}
