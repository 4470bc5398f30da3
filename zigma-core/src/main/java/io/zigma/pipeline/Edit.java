package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import org.jspecify.annotations.Nullable;

/**
 * How pictures are made from a picture that is there.
 *
 * <ul>
 *   <li>{@link #of}: sampling starts later, from the picture with noise (Meng et al. 2022,
 *       "SDEdit").
 *   <li>{@link #inpainting}: only what is white in a mask is painted; everything else stays as it
 *       is, byte for byte (Lugmayr et al. 2022, "RePaint", equation 8).
 *   <li>{@link #outpainting}: the picture is shrunk into a frame, and the margins are painted.
 *   <li>{@link #inversion}: sampling starts from the noise that the picture comes from by the
 *       probability-flow ODE (Song et al. 2021, section 4.3; for DDIM Mokady et al. 2023, section
 *       3), with another class or prompt.
 * </ul>
 *
 * <p>The picture is resized to the model's size as training pictures are.
 *
 * @param source the picture
 * @param strength the part of the way from noise to data that is sampled again, 0 … 1: 0 gives the
 *     picture back, 1 starts from pure noise
 * @param mask white (a level of 128 or more; what is transparent is white) where to paint; of the
 *     picture's shape and any size; null for everywhere
 * @param margins what to paint around the picture; null for none
 * @param shown what the picture shows, for an inversion; null for none
 */
public record Edit(
        SourcePicture source,
        double strength,
        @Nullable SourcePicture mask,
        @Nullable Margins margins,
        @Nullable Prompt shown) {

    /** The strength of image-to-image where none is given. */
    public static final double STRENGTH = 0.75;

    /**
     * Checks that the parts go together.
     *
     * @throws InvalidRequestException if they do not, or the strength is not 0 … 1
     */
    public Edit {
        if (!(strength >= 0 && strength <= 1)) {
            throw new InvalidRequestException(
                    "the strength goes from 0 (the picture itself) to 1 (a new one), not %s"
                            .formatted(strength));
        }
        if (mask != null && margins != null) {
            throw new InvalidRequestException(
                    "a mask and margins both say where to paint; give one of them");
        }
        if (shown != null && (mask != null || margins != null || strength != 1)) {
            throw new InvalidRequestException(
                    "an inversion goes all the way to the noise and repaints everything; give no strength, mask or margins with it");
        }
    }

    /**
     * Changes a whole picture.
     *
     * @param source the picture
     * @param strength how much is changed, 0 … 1
     * @return the edit
     * @throws InvalidRequestException if the strength is beyond
     */
    public static Edit of(SourcePicture source, double strength) {
        return new Edit(source, strength, null, null, null);
    }

    /**
     * Paints a part of a picture.
     *
     * @param source the picture
     * @param mask white where to paint
     * @return the edit, at strength 1
     */
    public static Edit inpainting(SourcePicture source, SourcePicture mask) {
        return new Edit(source, 1, mask, null, null);
    }

    /**
     * Paints around a picture.
     *
     * @param source the picture
     * @param margins in pixels of the result; the picture is resized to what is inside
     * @return the edit, at strength 1
     */
    public static Edit outpainting(SourcePicture source, Margins margins) {
        return new Edit(source, 1, null, margins, null);
    }

    /**
     * Makes the picture again as something else.
     *
     * @param source the picture
     * @param shown what it shows: its class or prompt, {@link Prompt#any} for nothing in particular
     * @return the edit
     */
    public static Edit inversion(SourcePicture source, Prompt shown) {
        return new Edit(source, 1, null, null, shown);
    }

    /**
     * Returns the same with another strength.
     *
     * @param changed 0 … 1
     * @return a changed copy
     * @throws InvalidRequestException if it is beyond, or this is an inversion
     */
    public Edit withStrength(double changed) {
        return new Edit(source, changed, mask, margins, shown);
    }
}
