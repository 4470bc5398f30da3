package io.zigma.eval.report;

import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures of one size in a row, nothing between them. */
final class Strip {

    private Strip() {}

    /** Lays at least one picture side by side. */
    static BufferedImage of(List<BufferedImage> pictures) {
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
