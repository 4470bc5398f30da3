package io.zigma.op.cuda;

import java.util.List;

/**
 * The selective scan, forward or backward.
 *
 * @param function {@code scan_forward} or {@code scan_backward}
 * @param type of u, delta, gate and y
 * @param states N
 * @param softplus whether softplus is applied to delta
 * @param tuning how it is spread over the device
 * @param vector channels that one access reads
 * @param vectorBc states of B and C that one access reads
 * @param segmented whether sequences are divided into segments, whose ends {@link ScanSegmentSpec}
 *     finds
 */
public record ScanSpec(
        String function,
        ElementType type,
        int states,
        boolean softplus,
        ScanTuning tuning,
        int vector,
        int vectorBc,
        boolean segmented)
        implements KernelSpec {

    /** The most states N that the kernels take. */
    public static final int MOST_STATES = 32;

    @Override
    public List<String> macros() {
        return List.of(
                Macros.of(type),
                "STATES=" + states,
                Macros.flag("SOFTPLUS", softplus),
                "LANES=" + tuning.lanes(),
                "CHANNELS=" + tuning.channels(),
                "STEPS=" + tuning.steps(),
                "VECTOR=" + vector,
                "VECTOR_BC=" + vectorBc,
                Macros.flag("SEGMENTED", segmented));
    }

    @Override
    public int threads() {
        return tuning.lanes() * tuning.channels();
    }
}
