package io.zigma.eval.report;

import io.zigma.eval.Pictures;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures or clips of one size in a row, nothing between them. */
final class Strip {

    private Strip() {}

    /**
     * Lays pictures or clips side by side.
     *
     * @param pictures of one size
     * @param chosen which, at least one
     * @return the frames of the strip; one for pictures
     */
    static List<BufferedImage> of(Pictures pictures, int[] chosen) {
        return IntStream.range(0, pictures.sample().frameCount())
                .mapToObj(
                        frame ->
                                of(
                                        IntStream.of(chosen)
                                                .mapToObj(index -> pictures.frame(index, frame))
                                                .toList()))
                .toList();
    }

    private static BufferedImage of(List<BufferedImage> pictures) {
        BufferedImage first = pictures.get(0);
        BufferedImage strip =
                new BufferedImage(
                        first.getWidth() * pictures.size(), first.getHeight(), first.getType());
        for (int i = 0; i < pictures.size(); i++) {
            strip.getRaster().setRect(i * first.getWidth(), 0, pictures.get(i).getRaster());
        }
        return strip;
    }
}
