"""Judges what SSLyze has found: every finding is named, and any ends this with 1."""

import json
import sys

OLD = ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"]


def findings(scan, text, minimum):
    """Everything that is not as it should be, in words."""
    result = scan["scan_result"]

    def of(name):
        attempt = result[name]
        if attempt["status"] != "COMPLETED":
            found.append(f"{name} was not scanned: {attempt.get('error_reason') or attempt['status']}")
            return {}
        return attempt["result"]

    found = []
    refused = OLD + (["tls_1_2"] if minimum == "1.3" else [])
    for version in refused:
        for accepted in of(f"{version}_cipher_suites").get("accepted_cipher_suites", []):
            found.append(f"{version} is spoken: {accepted['cipher_suite']['name']}")
    for version in ["tls_1_2", "tls_1_3"]:
        suites = [suite["cipher_suite"]["name"] for suite in of(f"{version}_cipher_suites").get("accepted_cipher_suites", [])]
        if version not in refused and not suites:
            found.append(f"{version} is not spoken")
        weak = [name for name in suites if version == "tls_1_2" and "ECDHE" not in name]
        weak += [name for name in suites if "GCM" not in name and "POLY1305" not in name]
        found.extend(f"{version} with {name}" for name in weak)
        print(f"{version}: {', '.join(suites) or 'refused'}")
    for check, member, good in [
        ("heartbleed", "is_vulnerable_to_heartbleed", False),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", False),
        ("tls_compression", "supports_compression", False),
        ("tls_1_3_early_data", "supports_early_data", False),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", False),
    ]:
        value = of(check).get(member)
        print(f"{check}.{member}: {value}")
        if value is not good:
            found.append(f"{check}: {member} is {value}")
    robot = of("robot").get("robot_result")
    if robot is not None and "NOT_VULNERABLE" not in robot:
        found.append(f"robot: {robot}")
    for deployment in of("certificate_info").get("certificate_deployments", []):
        # The first store is the authority that was made for the scan.
        trusted = [path["was_validation_successful"] for path in deployment["path_validation_results"]]
        if not any(trusted):
            found.append("the certificate is not believed by who believes its authority")
    verdict = text[text.index("COMPLIANCE AGAINST"):]
    if "OK - Compliant" not in verdict:
        found.extend(line.strip() for line in verdict.splitlines() if line.lstrip().startswith("* "))
        found.append("it does not meet the standard")
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    scans = document["server_scan_results"]
    found = [] if scans else ["nothing was scanned"]
    for scan in scans:
        if scan["scan_status"] != "COMPLETED":
            found.append(f"the scan is {scan['scan_status']}: {scan['connectivity_error_trace']}")
        else:
            found += findings(scan, text, sys.argv[3])
    for finding in found:
        print(f"finding: {finding}")
    print(f"{len(found)} findings")
    sys.exit(1 if found else 0)


main()
