package io.zigma.eval;

import io.zigma.base.SampleShape;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Flicker;
import io.zigma.eval.metric.FrechetDistance;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.metric.Quantity.Better;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What only clips have: how good their frames are by themselves, and how well these follow each
 * other. The other figures take a whole clip as they take a picture.
 */
public final class ClipFigures {

    /**
     * Fréchet distance of single frames: the same network sees one frame of each clip, shown for
     * the whole length of a clip, so that nothing moves.
     */
    public static final Quantity FRAMES =
            new Quantity(
                    "frame_frechet_distance", "Fréchet distance of frames", Better.LOWER, 3, true);

    /** {@link Flicker}, as a multiple of that of the reference. */
    public static final Quantity FLICKER =
            new Quantity("flicker", "flicker, of that of real clips", Better.LOWER, 3, true);

    private ClipFigures() {}

    /**
     * Compares clips.
     *
     * @param clips the samples, or real clips in their place
     * @param reference what they are compared with
     * @param extractor a network of clips
     * @param cache where features are stored
     * @return the figures, none for pictures; no flicker where the reference never moves
     * @throws IOException if features cannot be read or stored
     */
    static List<Figure> of(
            Pictures clips, Pictures reference, FeatureExtractor extractor, FeatureCache cache)
            throws IOException {
        if (!clips.sample().isVideo()) {
            return List.of();
        }
        List<Figure> figures = new ArrayList<>();
        double distance =
                FrechetDistance.between(
                        cache.work()
                                .statistics(
                                        cache.outputOf(extractor, stills(reference)).features()),
                        cache.work()
                                .statistics(cache.outputOf(extractor, stills(clips)).features()));
        figures.add(new Figure(FRAMES, distance, clips.count()));
        double real = flicker(reference);
        if (real > 0) {
            figures.add(new Figure(FLICKER, flicker(clips) / real, clips.count()));
        }
        return figures;
    }

    private static double flicker(Pictures clips) {
        return Flicker.of(clips.levels(), clips.sample().frames(), clips.format().elements());
    }

    /**
     * Returns as many clips that do not move: of each clip one frame, the first of the first, the
     * second of the second and so on.
     */
    static Pictures stills(Pictures clips) {
        SampleShape sample = clips.sample();
        int frame = clips.format().elements();
        byte[] levels = clips.levels();
        byte[] stills = new byte[levels.length];
        for (int i = 0; i < clips.count(); i++) {
            int clip = i * clips.elements();
            int shown = clip + i % sample.frames() * frame;
            for (int to = clip; to < clip + clips.elements(); to += frame) {
                System.arraycopy(levels, shown, stills, to, frame);
            }
        }
        return Pictures.of(sample, stills);
    }
}
