package io.zigma.op.cuda;

import java.util.List;

/**
 * The first pass of a scan whose sequences are divided into segments: where each of them ends.
 *
 * @param backward whether for {@code scan_backward}, else for {@code scan_forward}
 * @param type of u, delta, gate and y
 * @param states N
 * @param softplus whether softplus is applied to delta
 * @param tuning how it is spread over the device, as the scan's own
 * @param vector channels that one access reads
 * @param vectorBc states of B and C that one access reads
 */
public record ScanSegmentSpec(
        boolean backward,
        ElementType type,
        int states,
        boolean softplus,
        ScanTuning tuning,
        int vector,
        int vectorBc)
        implements KernelSpec {

    @Override
    public String function() {
        return "scan_segment";
    }

    @Override
    public List<String> macros() {
        return List.of(
                Macros.of(type),
                "STATES=" + states,
                Macros.flag("SOFTPLUS", softplus),
                Macros.flag("BACKWARD", backward),
                "LANES=" + tuning.lanes(),
                "CHANNELS=" + tuning.channels(),
                "STEPS=" + tuning.steps(),
                "VECTOR=" + vector,
                "VECTOR_BC=" + vectorBc);
    }

    @Override
    public int threads() {
        return tuning.lanes() * tuning.channels();
    }
}
