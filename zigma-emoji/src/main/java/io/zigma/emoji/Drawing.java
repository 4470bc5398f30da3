package io.zigma.emoji;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.renderer.NullPlatformSupport;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A square drawing on nothing, larger than the pictures that are made of it.
 *
 * @param side pixels
 * @param argb side × side pixels, row by row: alpha, red, green and blue of eight bits each;
 *     colours are not multiplied by alpha
 */
record Drawing(int side, int[] argb) {

    /**
     * Draws an SVG document.
     *
     * @param svg the whole document
     * @param side pixels of each side
     * @throws IOException if it is no SVG
     */
    static Drawing of(String svg, int side) throws IOException {
        SVGDocument document =
                new SVGLoader()
                        .load(
                                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                                null,
                                LoaderContext.createDefault());
        if (document == null) {
            throw new IOException("this is no SVG that can be drawn");
        }
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(
                    RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(
                    RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(
                    RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
            document.renderWithPlatform(
                    NullPlatformSupport.INSTANCE, graphics, new ViewBox(side, side));
        } finally {
            graphics.dispose();
        }
        return new Drawing(side, image.getRGB(0, 0, side, side, null, 0, side));
    }

    /** Returns the fraction of all pixels that are drawn on, from 0 to 1. */
    double coverage() {
        long alpha = 0;
        for (int pixel : argb) {
            alpha += pixel >>> 24;
        }
        return alpha / (255.0 * argb.length);
    }
}
