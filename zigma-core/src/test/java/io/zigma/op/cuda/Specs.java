package io.zigma.op.cuda;

import java.util.ArrayList;
import java.util.List;

/** Kernels as the operations ask for them. */
final class Specs {

    private Specs() {}

    /** Returns all kernels for one type, as models of published sizes and of odd ones need them. */
    static List<KernelSpec> of(ElementType type) {
        List<KernelSpec> specs = new ArrayList<>();
        for (long batch : new long[] {1, 8, 32}) {
            ScanTuning forward = ScanTuning.forward(batch, 1536, 16);
            ScanTuning backward = ScanTuning.backward(batch, 1536, 16);
            specs.add(
                    new ScanSpec(
                            "scan_forward",
                            type,
                            16,
                            true,
                            forward,
                            forward.mostVector(),
                            4,
                            false));
            specs.add(
                    new ScanSpec(
                            "scan_backward",
                            type,
                            16,
                            true,
                            backward,
                            backward.mostVector(),
                            4,
                            false));
        }
        ScanTuning ahead = ScanDivision.forward(1, 1024, 1536, 16).tuning();
        ScanTuning back = ScanDivision.backward(1, 1024, 1536, 16).tuning();
        specs.add(new ScanSpec("scan_forward", type, 16, true, ahead, ahead.mostVector(), 4, true));
        specs.add(new ScanSpec("scan_backward", type, 16, true, back, back.mostVector(), 4, true));
        specs.add(new ScanSegmentSpec(false, type, 16, true, ahead, ahead.mostVector(), 4));
        specs.add(new ScanSegmentSpec(true, type, 16, true, back, back.mostVector(), 4));
        ScanTuning odd = ScanTuning.backward(2, 27, 9);
        specs.add(new ScanSpec("scan_forward", type, 9, false, odd, 1, 1, false));
        specs.add(new ScanSpec("scan_backward", type, 9, false, odd, 1, 1, false));
        specs.add(new ScanSegmentSpec(true, type, 9, false, odd, 1, 1));
        for (int width : new int[] {4, 7}) {
            int vector = ConvolutionSpec.mostVector(width);
            for (String function : List.of("convolution_forward", "convolution_backward")) {
                specs.add(ConvolutionSpec.of(function, type, width, vector, 32 * 1024, 1536));
            }
        }
        for (boolean centred : new boolean[] {false, true}) {
            specs.add(NormSpec.forward(type, centred, 4, 768, 3 * 768));
            specs.add(NormSpec.backward(type, centred, !centred, true, 4, 768, 3 * 768));
            specs.add(NormSpec.backward(type, centred, true, false, 1, 129, 129));
        }
        specs.add(new GatedSumSpec("gated_sum_forward", type, 4, 3 * 768));
        specs.add(new GatedSumSpec("gated_sum_backward", type, 4, 3 * 768));
        return specs;
    }
}
