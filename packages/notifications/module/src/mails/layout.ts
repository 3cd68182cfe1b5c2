// Made from mails/layout.mjml by `pnpm mails`. Do not edit.

export const head = `<!doctype html>
<html lang="{{locale}}" dir="auto" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
  <head>
    <title>{{subject}}</title>
    <!--[if !mso]><!-->
    <meta http-equiv="X-UA-Compatible" content="IE=edge">
    <!--<![endif]-->
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style type="text/css">
      #outlook a { padding:0; }
      body { margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%; }
      table, td { border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt; }
      img { border:0;height:auto;line-height:100%; outline:none;text-decoration:none;-ms-interpolation-mode:bicubic; }
      p { display:block;margin:13px 0; }
    </style>
    <!--[if mso]>
    <noscript>
    <xml>
    <o:OfficeDocumentSettings>
      <o:AllowPNG/>
      <o:PixelsPerInch>96</o:PixelsPerInch>
    </o:OfficeDocumentSettings>
    </xml>
    </noscript>
    <![endif]-->
    <!--[if lte mso 11]>
    <style type="text/css">
      .mj-outlook-group-fix { width:100% !important; }
    </style>
    <![endif]-->
    <style type="text/css">
      @media only screen and (min-width:480px) {
        .mj-column-per-100 { width:100% !important; max-width: 100%; }
      }
    </style>
    <style media="screen and (min-width:480px)">
      .moz-text-html .mj-column-per-100 { width:100% !important; max-width: 100%; }
    </style>
    <style type="text/css">
:root {
        color-scheme: light dark;
        supported-color-schemes: light dark;
      }
      .card {
        overflow: hidden;
      }
      .number {
        font-variant-numeric: tabular-nums;
      }
      .notes a {
        color: #4f5661;
      }
      @media (max-width: 583px) {
        .canvas > div {
          padding: 0 12px !important;
        }
      }
      @media (prefers-color-scheme: dark) {
        body,
        .canvas,
        .canvas > div {
          background: #0a0c10 !important;
          background-color: #0a0c10 !important;
        }
        .card,
        .card > table {
          background: #101317 !important;
          background-color: #101317 !important;
          border-color: #272a31 !important;
        }
        .card > table > tbody > tr > td {
          border-color: #272a31 !important;
        }
        .brand div,
        .heading div,
        .number {
          color: #f4f5f7 !important;
        }
        .paragraph div {
          color: #d5d8dd !important;
        }
        .item div {
          color: #d5d8dd !important;
        }
        .note div,
        .notes div,
        .notes a,
        .section div,
        .when,
        .label {
          color: #a3a8b1 !important;
        }
        .link a,
        .item a {
          color: #8fb1f7 !important;
        }
        .fact td {
          border-color: #272a31 !important;
        }
        .button td {
          background: #2763d7 !important;
          background-color: #2763d7 !important;
        }
        .button a {
          background: #2763d7 !important;
          color: #ffffff !important;
        }
      }
    </style>
    <meta name="color-scheme" content="light dark" /> <meta name="supported-color-schemes" content="light dark" />
      <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
  </head>
      <body  class="canvas" style="word-spacing:normal;background-color:#f9fafb;">
    <div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">{{preview}}{{padding}}</div>
        <div
           aria-label="{{subject}}" aria-roledescription="email" role="article" lang="{{locale}}" dir="auto" style="word-spacing:normal;background-color:#f9fafb;"
        >
      <!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="" role="presentation" style="width:560px;" width="560" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
      <div  style="margin:0px auto;max-width:560px;">
        <table
           align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;"
        >
          <tbody>
            <tr>
              <td
                 style="direction:ltr;font-size:0px;padding:40px 0 20px;text-align:center;"
              >
                <!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:560px;" ><![endif]-->
      <div
         class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
      >
      <table
         border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
      >
        <tbody>
              <tr>
                <td
                   align="left" class="brand" style="font-size:0px;padding:0 8px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:16px;font-weight:600;line-height:24px;text-align:left;color:#11161f;"
      ><span style="color: #2f55d4">&#9698;</span>&nbsp;Lightpress</div>
                </td>
              </tr>
        </tbody>
      </table>
      </div>
          <!--[if mso | IE]></td></tr></table><![endif]-->
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:560px;" width="560" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
      <div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:560px;border-radius:10px;overflow:hidden;">
        <table
           align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;border-collapse:separate;"
        >
          <tbody>
            <tr>
              <td
                 style="border:1px solid #e1e3e7;border-radius:10px;direction:ltr;font-size:0px;padding:32px 0 16px;text-align:center;"
              >
                <!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:558px;" ><![endif]-->
      <div
         class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
      >
      <table
         border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
      >
        <tbody>
`

export const blocks = {
  heading: `              <tr>
                <td
                   align="left" class="heading" style="font-size:0px;padding:0 32px 16px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:20px;font-weight:600;line-height:28px;text-align:left;color:#11161f;"
      >{{text}}</div>
                </td>
              </tr>
`,
  paragraph: `              <tr>
                <td
                   align="left" class="paragraph" style="font-size:0px;padding:0 32px 16px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:16px;line-height:24px;text-align:left;color:#282e39;"
      >{{text}}</div>
                </td>
              </tr>
`,
  note: `              <tr>
                <td
                   align="left" class="note" style="font-size:0px;padding:0 32px 16px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:14px;line-height:20px;text-align:left;color:#4f5661;"
      >{{text}}</div>
                </td>
              </tr>
`,
  button: `              <tr>
                <td
                   align="left" class="button" style="font-size:0px;padding:8px 32px 24px;word-break:break-word;"
                >
      <table
         border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:separate;line-height:100%;"
      >
        <tbody>
          <tr>
            <td
               align="center" bgcolor="#154fc3" role="presentation" style="border:none;border-radius:6px;cursor:auto;mso-padding-alt:12px 20px;background:#154fc3;" valign="middle"
            >
              <a
                 href="{{url}}" style="display:inline-block;background:#154fc3;color:#ffffff;font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:16px;font-weight:500;line-height:20px;margin:0;text-decoration:none;text-transform:none;padding:12px 20px;mso-padding-alt:0px;border-radius:6px;" target="_blank"
              >
                {{label}}
              </a>
            </td>
          </tr>
        </tbody>
      </table>
                </td>
              </tr>
`,
  link: `              <tr>
                <td
                   align="left" class="link" style="font-size:0px;padding:0 32px 16px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:14px;line-height:20px;text-align:left;color:#282e39;"
      ><a href="{{url}}" style="color: #154fc3">{{label}}</a></div>
                </td>
              </tr>
`,
  section: `              <tr>
                <td
                   align="left" class="section" style="font-size:0px;padding:8px 32px 8px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:14px;font-weight:600;line-height:20px;text-align:left;color:#4f5661;"
      >{{text}}</div>
                </td>
              </tr>
`,
  item: `              <tr>
                <td
                   align="left" class="item" style="font-size:0px;padding:0 32px 16px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:16px;line-height:24px;text-align:left;color:#282e39;"
      ><a href="{{url}}" style="color: #154fc3; font-weight: 500">{{title}}</a
          ><br />{{text}}<br /><span class="when" style="font-size: 14px; color: #4f5661">{{when}}</span></div>
                </td>
              </tr>
`,
  fact: `              <tr>
                <td
                   align="left" class="fact" style="font-size:0px;padding:0 32px;word-break:break-word;"
                >
      <table
         cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#11161f;font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:14px;line-height:20px;table-layout:auto;width:100%;border:none;"
      >
        <tr>
            <td
              class="label"
              style="
                padding: 10px 16px 10px 0;
                border-bottom: 1px solid #e1e3e7;
                color: #4f5661;
                word-break: normal;
                vertical-align: top;
              "
            >
              {{label}}
            </td>
            <td
              class="number"
              style="
                padding: 10px 0;
                border-bottom: 1px solid #e1e3e7;
                text-align: right;
                font-weight: 500;
                overflow-wrap: anywhere;
              "
            >
              {{value}}
            </td>
          </tr>
      </table>
                </td>
              </tr>
`,
  gap: `              <tr>
                <td
                   style="font-size:0px;word-break:break-word;"
                >
      <div
         style="height:24px;line-height:24px;"
      >&#8202;</div>
                </td>
              </tr>
`,
} as const

export const foot = {
  start: `        </tbody>
      </table>
      </div>
          <!--[if mso | IE]></td></tr></table><![endif]-->
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="" role="presentation" style="width:560px;" width="560" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
      <div  style="margin:0px auto;max-width:560px;">
        <table
           align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;"
        >
          <tbody>
            <tr>
              <td
                 style="direction:ltr;font-size:0px;padding:20px 0 40px;text-align:center;"
              >
                <!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:560px;" ><![endif]-->
      <div
         class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
      >
      <table
         border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
      >
        <tbody>
              <tr>
                <td
                   align="left" class="notes" style="font-size:0px;padding:0 8px;word-break:break-word;"
                >
      <div
         style="font-family:Inter, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;font-size:12px;line-height:18px;text-align:left;color:#4f5661;"
      >{{reason}}<br />Lightpress &middot; <a href="{{home}}">{{host}}</a>`,
  link: `<br /><a href="{{url}}">{{label}}</a>`,
  end: `</div>
                </td>
              </tr>
        </tbody>
      </table>
      </div>
          <!--[if mso | IE]></td></tr></table><![endif]-->
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <!--[if mso | IE]></td></tr></table><![endif]-->
      </div>
      </body>
</html>
`,
} as const
