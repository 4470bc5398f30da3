package io.zigma.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in. Web pages of other sites are not, whatever they send: their requests have an
 * {@code Origin} that is not this server's, and a name that was made to point here (DNS rebinding)
 * stands in {@code Host}. Programs are, with the token where there is one.
 */
final class Gatekeeper {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    /** IPv6 also as Java writes it, for so the server prints its own address. */
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[(::1|(0:){7}1)])(:\\d{1,5})?");

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final @Nullable String token;

    /** Takes the token that clients send; null for none, and then only this machine is let in. */
    Gatekeeper(@Nullable String token) {
        this.token = token;
    }

    /**
     * Refuses a request that another site's page may have sent.
     *
     * @param host its header
     * @param origin its header, null without
     * @param site {@code Sec-Fetch-Site}, null without
     * @throws HttpException if it is refused
     */
    void requireOwnPage(@Nullable String host, @Nullable String origin, @Nullable String site) {
        String name = host == null ? "" : host.toLowerCase(Locale.ROOT);
        if (token == null && !LOOPBACK.matcher(name).matches()) {
            throw new HttpException(
                    FORBIDDEN,
                    "this server answers to localhost only; start it with --token to use another name");
        }
        if (origin != null
                && !origin.equalsIgnoreCase("http://" + name)
                && !origin.equalsIgnoreCase("https://" + name)) {
            throw new HttpException(FORBIDDEN, "pages of other sites may not use this server");
        }
        if (origin == null && site != null && site.equals("cross-site")) {
            throw new HttpException(FORBIDDEN, "pages of other sites may not use this server");
        }
    }

    /**
     * Refuses a request without the token.
     *
     * @param authorization its header, null without
     * @throws HttpException if a token is needed and is not there
     */
    void requireToken(@Nullable String authorization) {
        if (token == null || given(authorization).filter(this::isToken).isPresent()) {
            return;
        }
        throw new HttpException(
                UNAUTHORIZED,
                "this server needs its token: Authorization: Bearer TOKEN",
                Map.of("WWW-Authenticate", "Bearer"));
    }

    private boolean isToken(String given) {
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8),
                String.valueOf(token).getBytes(StandardCharsets.UTF_8));
    }

    /** As a bearer, or as the password of anybody: clients of AUTOMATIC1111 know only that. */
    private static Optional<String> given(@Nullable String authorization) {
        if (authorization == null) {
            return Optional.empty();
        }
        String kind = authorization.toLowerCase(Locale.ROOT);
        if (kind.startsWith(BEARER)) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        if (!kind.startsWith(BASIC)) {
            return Optional.empty();
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
            String pair = new String(decoded, StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
